-- How many people stand where on each journey, now and at the start of a period.
-- in: today date, since date
-- out: journey text, milestone text, standing text, people integer, people_before integer
select coalesce(n.journey, b.journey) as journey, coalesce(n.milestone, b.milestone) as milestone,
  coalesce(n.standing, b.standing) as standing, coalesce(n.people, 0) as people, coalesce(b.people, 0) as people_before
from (
  select journey, coalesce(milestone, '') as milestone, standing, count(*) as people from standings
  where since_on <= $today and (until_on is null or until_on > $today) group by 1, 2, 3
) n
full join (
  select journey, coalesce(milestone, '') as milestone, standing, count(*) as people from standings
  where since_on <= $since and (until_on is null or until_on > $since) group by 1, 2, 3
) b on b.journey = n.journey and b.milestone = n.milestone and b.standing = n.standing
order by 1, 2, 3
