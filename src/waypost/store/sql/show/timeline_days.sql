-- How many events one account had on each day that had some.
-- in: account text, since date (inclusive), until date (exclusive)
-- out: happened_on date, n integer (>= 1); latest first
select happened_on, count(*) as n
from events
where account_id = $account and happened_on >= $since and happened_on < $until
group by happened_on
order by happened_on desc
