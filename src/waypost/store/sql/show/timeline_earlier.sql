-- Whether one account had any event in some days: one row when so, none when not.
-- in: account text, since date (inclusive), until date (exclusive)
-- out: happened_on date
select happened_on
from events
where account_id = $account and happened_on >= $since and happened_on < $until
limit 1
