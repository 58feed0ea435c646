-- Why the score of one account moved.
-- in: account text, after date (exclusive), today date (inclusive)
-- out: the columns of ledger, by day, input and item
select account_id, on_day, input, item, cause, points, value_before, value_after, happened_at, person_id, detail
from ledger
where account_id = $account and on_day > $after and on_day <= $today
order by on_day, happened_at, input, item
