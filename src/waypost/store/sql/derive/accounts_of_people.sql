-- Every account that a person of `scope` has ever belonged to or used.
-- in: scope (frame: person_id text)
-- out: account_id text
select account_id from memberships where person_id in (select person_id from scope)
union
select account_id from usage_daily where person_id in (select person_id from scope)
