-- Everybody who has ever belonged to an account of `scope`.
-- in: scope (frame: account_id text)
-- out: person_id text
select distinct person_id from memberships where account_id in (select account_id from scope)
