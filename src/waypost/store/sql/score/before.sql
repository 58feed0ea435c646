-- The stored scores of the accounts of `scope`, from the given day on.
-- in: scope (frame: account_id text, from_on date (inclusive))
-- out: account_id text, on_day date, score double, band text
select s.account_id, s.on_day, s.score, s.band
from scores s
join scope c on c.account_id = s.account_id and s.on_day >= c.from_on
