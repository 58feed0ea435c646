-- Every account at which a subject, or anybody with the same e-mail address, has a place today.
-- in: subjects (frame: person_id text, account_id text), today date (memberships that hold on it)
-- out: person_id text, account_id text (each pair once)
with same as (
  select s.person_id, s.person_id as other_id from subjects s
  union
  select s.person_id, q.person_id as other_id
  from subjects s
  join people p on p.person_id = s.person_id
  join people q on lower(q.email) = lower(p.email)
)
select distinct same.person_id, m.account_id
from same
join memberships m on m.person_id = same.other_id
where m.joined_on <= $today and (m.left_on is null or m.left_on > $today)
