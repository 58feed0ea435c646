-- Which accounts of `scope` have no score of any day yet.
-- in: scope (frame: account_id text)
-- out: account_id text
select account_id from scope where not exists (select 1 from scores s where s.account_id = scope.account_id)
