-- The accounts that events of the people of `scope` name, each with the first day.
-- in: scope (frame: person_id text)
-- out: account_id text, first_on date
select account_id, min(happened_on) as first_on
from resolved
where person_id in (select person_id from scope) and account_id is not null
group by account_id
