-- Which accounts have no known value of a setting today.
-- in: setting text
-- out: account_id text, account text
select account_id, name as account
from accounts
where account_id not in (select account_id from settings where setting = $setting and until_on is null)
order by name, account_id
