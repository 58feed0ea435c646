-- Which features one person used on each of some days.
-- in: person text, since date (inclusive), until date (exclusive)
-- out: day date, feature text
select distinct day, feature
from usage_daily
where person_id = $person and day >= $since and day < $until
