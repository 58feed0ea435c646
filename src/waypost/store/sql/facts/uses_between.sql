-- How often each feature was used in some days.
-- in: since date (inclusive), until date (exclusive)
-- out: feature text, n bigint, people bigint
select feature, cast(sum(n) as bigint) as n, count(distinct person_id) as people
from usage_daily
where day >= $since and day < $until
group by feature
