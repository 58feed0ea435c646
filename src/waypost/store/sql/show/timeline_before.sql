-- How many events one account had before a day.
-- in: account text, since date (inclusive), until date (exclusive)
-- out: n integer (>= 0)
select count(*) as n from events
where account_id = $account and happened_on >= $since and happened_on < $until
