-- Use of every feature by day; a day without use is not in the answer.
-- in: since date (inclusive), until date (exclusive)
-- out: feature text, day date, n bigint
select feature, day, cast(sum(n) as bigint) as n
from usage_daily
where day >= $since and day < $until
group by feature, day
