-- How one person used the product week by week: days, features and uses; use by jobs is left out unless it counts.
-- in: person text, since date (inclusive; week 0 begins), until date (exclusive), automated (frame: feature text; use of
--   these by jobs counts)
-- out: week integer (0 is the oldest), active_days integer (>= 1), features integer (>= 1), n bigint (uses, >= 1)
select cast(floor((day - $since) / 7) as integer) as week, count(distinct day) as active_days,
  count(distinct feature) as features, cast(sum(n) as bigint) as n
from usage_daily
where person_id = $person and day >= $since and day < $until
  and (actor = 'human' or feature in (select feature from automated))
group by 1
order by 1
