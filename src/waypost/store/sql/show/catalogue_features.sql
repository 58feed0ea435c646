-- Use of every feature in some days; features without use in them are not in the answer.
-- in: since date (inclusive), until date (exclusive)
-- out: feature text, n bigint, n_automated bigint, people bigint, accounts bigint, last_at timestamp
select feature, cast(sum(n) as bigint) as n, cast(coalesce(sum(n) filter (where actor <> 'human'), 0) as bigint) as n_automated,
  count(distinct person_id) as people, count(distinct account_id) as accounts, max(last_at) as last_at
from usage_daily
where day >= $since and day < $until
group by feature
