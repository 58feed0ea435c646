-- The days on which people did anything that counts, in their first days.
-- in: people (frame: person bigint, person_id, account_id text, provisioned_on date), by_day integer (only days before it),
--     features (frame: feature text, automated_counts boolean)
-- out: person bigint, day bigint (after provisioning, from 0)
select distinct p.person, u.day - p.provisioned_on as day
from people p
join usage_daily u on u.person_id = p.person_id and u.account_id = p.account_id and u.day >= p.provisioned_on
  and u.day < p.provisioned_on + cast($by_day as integer)
join features f on f.feature = u.feature and (u.actor = 'human' or f.automated_counts)
order by 1, 2
