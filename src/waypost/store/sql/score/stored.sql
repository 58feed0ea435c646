-- Known scores of the accounts of `scope` from their days before a day.
-- in: scope (frame: account_id text, from_on date (inclusive)), before date (exclusive)
-- out: account_id text, on_day date, score double, scorecard text, version bigint
select s.account_id, s.on_day, s.score, s.scorecard, s.version
from scores s
join scope c on c.account_id = s.account_id and s.on_day >= c.from_on
where s.on_day < $before and s.score is not null
