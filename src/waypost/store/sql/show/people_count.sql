-- How many people belong to an account today, and how many belongings that makes.
-- in: today date
-- out: people integer (>= 0), pairs integer (>= people; one for each account of a person)
select count(distinct person_id) as people, count(*) as pairs
from memberships
where joined_on <= $today and (left_on is null or left_on > $today)
