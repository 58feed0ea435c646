-- The score of one account at the end of each day.
-- in: account text, since date (inclusive), today date (inclusive)
-- out: on_day date, scorecard text, version integer, score double, band text, withheld text; by day
select on_day, scorecard, version, score, band, withheld
from scores
where account_id = $account and on_day >= $since and on_day <= $today
order by on_day
