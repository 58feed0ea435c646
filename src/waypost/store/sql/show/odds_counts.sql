-- How many are underway to each milestone of a journey, and how many of them are at risk.
-- in: journey text, today date
-- out: milestone text, people integer (underway), at_risk integer
select o.milestone, count(*) as people, count(*) filter (s.standing = 'at_risk') as at_risk
from odds o
join every_standing s on s.person_id is not distinct from o.person_id and s.account_id = o.account_id and s.journey = o.journey
  and s.version = o.version and s.milestone = o.milestone and s.missing <> '[]'
  and s.since_on <= $today and (s.until_on is null or s.until_on > $today)
where o.journey = $journey and o.due_on >= $today
group by o.milestone
order by o.milestone
