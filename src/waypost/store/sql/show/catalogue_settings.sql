-- The values of every setting today, and who has them.
-- in: since date (inclusive): from which day on a change counts as recent
-- out: setting text, value text, accounts bigint: that have this value, changed bigint: that came to it since, last_at timestamp,
--      all_accounts bigint: that there are
select setting, value, count(distinct account_id) as accounts, count(distinct account_id) filter (where since_on >= $since) as changed,
  max(since_at) as last_at,
  (select count(*) from accounts) as all_accounts
from settings
where until_on is null
group by setting, value
