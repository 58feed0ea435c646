-- Forgets what was known when of the accounts of `scope`.
-- in: scope (frame: account_id text)
-- out: number of rows
delete from account_eras where account_id in (select account_id from scope)
