-- Whether one account had any use in some days: one row when so, none when not.
-- in: account text, since date (inclusive), until date (exclusive)
-- out: day date
select day
from usage_daily
where account_id = $account and day >= $since and day < $until
limit 1
