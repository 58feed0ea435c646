-- Which accounts of `scope` have no score of any day yet.
-- in: scope (frame: account_id text)
-- out: account_id text
select account_id from scope where account_id not in (select account_id from scores)
