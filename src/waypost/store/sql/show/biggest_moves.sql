-- The days and inputs that moved some accounts most over a period.
-- in: scope (frame: account_id text), since date (exclusive), today date (inclusive)
-- out: account_id text, input text, points double; the largest first for each account, at most two
select account_id, input, points
from (
  select account_id, input, sum(points) as points,
    row_number() over (partition by account_id order by abs(sum(points)) desc, input) as place
  from ledger
  where account_id in (select account_id from scope) and on_day > $since and on_day <= $today
  group by account_id, input
) ranked
where place <= 2 and abs(points) >= 0.5
order by account_id, place
