-- Which accounts' health is due, each from its earliest day on.
-- in: nothing
-- out: account_id text, from_on date (inclusive)
select account_id, min(from_on) as from_on from due group by account_id
