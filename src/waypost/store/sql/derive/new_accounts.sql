-- Which accounts of `scope` have no row yet.
-- in: scope (frame: account_id text)
-- out: account_id text
select account_id from scope where not exists (select 1 from accounts a where a.account_id = scope.account_id)
