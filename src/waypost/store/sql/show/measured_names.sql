-- The names of people and accounts that items point to.
-- in: of_people (frame: person_id text), of_accounts (frame: account_id text)
-- out: kind text (person, account), id text, name text
select 'person' as kind, p.person_id as id, coalesce(p.name, p.email, p.person_id) as name
from people p
join of_people s on s.person_id = p.person_id
union all
select 'account', a.account_id, a.name
from accounts a
join of_accounts s on s.account_id = a.account_id
