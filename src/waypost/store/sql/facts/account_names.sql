-- The names of the accounts of `scope`, as far as they have one.
-- in: scope (frame: account_id text)
-- out: account_id text, name text
select account_id, name from accounts where account_id in (select account_id from scope)
