-- Every account that a person of `scope` has ever belonged to.
-- in: scope (frame: person_id text)
-- out: account_id text
select distinct account_id from memberships where person_id in (select person_id from scope)
