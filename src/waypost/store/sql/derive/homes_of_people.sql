-- Every account that each person of `scope` has ever belonged to.
-- in: scope (frame: person_id text)
-- out: person_id text, account_id text (each pair once)
select distinct person_id, account_id from memberships where person_id in (select person_id from scope)
