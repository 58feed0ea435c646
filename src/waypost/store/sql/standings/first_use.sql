-- The first day on which each placed person did anything that counts, on or after provisioning.
-- in: placements (frame: person_id, account_id text, provisioned_on date), features (frame: feature text, automated_counts boolean),
--     last_on date (inclusive)
-- out: person_id, account_id text, provisioned_on date, first_used_on date
select p.person_id, p.account_id, p.provisioned_on, min(u.day) as first_used_on
from (select distinct person_id, account_id, provisioned_on from placements) p
join usage_daily u on u.person_id = p.person_id and u.account_id = p.account_id and u.day >= p.provisioned_on and u.day <= $last_on
join features f on f.feature = u.feature and (u.actor = 'human' or f.automated_counts)
group by all
