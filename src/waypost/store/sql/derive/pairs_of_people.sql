-- Every account that each person of `scope` has ever belonged to or used.
-- in: scope (frame: person_id text)
-- out: person_id text, account_id text
select person_id, account_id from memberships where person_id in (select person_id from scope)
union
select person_id, account_id from usage_daily where person_id in (select person_id from scope)
