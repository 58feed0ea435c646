-- The last known score of each account of `scope` before its day.
-- in: scope (frame: account_id text, from_on date (exclusive))
-- out: account_id text, on_day date, score double, scorecard text, version bigint
select s.account_id, s.on_day, s.score, s.scorecard, s.version
from scores s
join scope c on c.account_id = s.account_id and s.on_day < c.from_on
where s.score is not null
qualify row_number() over (partition by s.account_id order by s.on_day desc) = 1
