-- What moved the scores of accounts since a day, by input.
-- in: since date (exclusive)
-- out: account_id text, input text, points double
select account_id, input, sum(points) as points
from ledger
where on_day > $since
group by account_id, input
