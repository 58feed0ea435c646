-- The facts in the head of an account's page.
-- in: account text
-- out: account_id text, name text, tier text, owner text, region text, value double, currency text, seats integer,
--      renews_on date, ended_on date
select account_id, name, tier, owner, region, value, currency, seats, renews_on, ended_on
from accounts
where account_id = $account
