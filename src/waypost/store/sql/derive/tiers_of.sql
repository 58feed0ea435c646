-- The tier of each account of `scope` as stored.
-- in: scope (frame: account_id text)
-- out: account_id text, tier text
select account_id, tier from accounts where account_id in (select account_id from scope)
