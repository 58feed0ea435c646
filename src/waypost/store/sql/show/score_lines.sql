-- Eight points of the score line of some accounts over a period, the last of them today.
-- in: scope (frame: account_id text), today date, step integer (days between points, >= 1)
-- out: account_id text, point integer (0 is the oldest, 7 is today), score double
select s.account_id, cast(7 - (($today - s.on_day) / $step) as integer) as point, s.score
from scores s
where s.account_id in (select account_id from scope) and s.on_day <= $today and s.on_day > $today - 8 * cast($step as integer)
  and ($today - s.on_day) % $step = 0
order by s.account_id, point
