-- The stored settings of the accounts of `scope`.
-- in: scope (frame: account_id text)
-- out: the columns of settings
select * from settings where account_id in (select account_id from scope)
