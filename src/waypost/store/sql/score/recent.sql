-- Scores of the accounts of `scope` on the days from since on.
-- in: scope (frame: account_id text), since date (inclusive)
-- out: account_id text, on_day date, score double, band text, version bigint
select account_id, on_day, score, band, version
from scores
where account_id in (select account_id from scope) and on_day >= $since
