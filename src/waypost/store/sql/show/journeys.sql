-- How many people (or accounts) stand where on each journey, now and at the start of a period.
-- in: today date, since date
-- out: journey text, milestone text, standing text, people integer, people_before integer
select journey, coalesce(milestone, '') as milestone, standing,
  cast(count(*) filter (since_on <= $today and (until_on is null or until_on > $today)) as integer) as people,
  cast(count(*) filter (since_on <= $since and (until_on is null or until_on > $since)) as integer) as people_before
from every_standing
where (since_on <= $today and (until_on is null or until_on > $today)) or (since_on <= $since and (until_on is null or until_on > $since))
group by 1, 2, 3
order by 1, 2, 3
