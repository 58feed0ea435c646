-- On how many days one person used the product, week by week; use by jobs is left out, as in every count of active days.
-- in: person text, since date (inclusive; week 0 begins), until date (exclusive)
-- out: week integer (0 is the oldest), active_days integer (>= 1)
select cast(floor((day - $since) / 7) as integer) as week, count(distinct day) as active_days
from usage_daily
where person_id = $person and day >= $since and day < $until and actor = 'human'
group by 1
order by 1
