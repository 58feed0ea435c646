-- What one person uses: each feature in the last days and in as many before, the quantity, and the first and last day.
-- in: person text, since date (inclusive; the last days begin), before date (inclusive; those before begin), until date
--   (exclusive)
-- out: feature text, n bigint (>= 0, by people), n_before bigint (>= 0), automated bigint (by jobs, in the last days),
--   quantity double (by people, in the last days; null when none was said),
--   first_on date, last_on date
select feature,
  cast(coalesce(sum(n) filter (day >= $since and actor = 'human'), 0) as bigint) as n,
  cast(coalesce(sum(n) filter (day >= $before and day < $since and actor = 'human'), 0) as bigint) as n_before,
  cast(coalesce(sum(n) filter (day >= $since and actor = 'automated'), 0) as bigint) as automated,
  sum(quantity) filter (day >= $since and actor = 'human') as quantity,
  min(day) as first_on, max(day) as last_on
from usage_daily
where person_id = $person and day < $until
group by feature
order by n desc, n_before desc, last_on desc, feature
