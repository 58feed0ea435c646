-- Whose membership may begin earlier: (person, account) pairs of `pairs` that no membership covers from before that day.
-- in: pairs (frame: person_id text, account_id text, first_on date)
-- out: person_id text
select distinct p.person_id
from pairs p
left join (
  select person_id, account_id, min(joined_on) as joined_on
  from memberships
  where person_id in (select person_id from pairs)
  group by person_id, account_id
) m on m.person_id = p.person_id and m.account_id = p.account_id
where m.person_id is null or m.joined_on >= p.first_on
