-- When people had used each feature so and so often, in their first days.
-- in: people (frame: person bigint, person_id, account_id text, provisioned_on date), by_day integer (only days before it),
--     often (frame: at_least bigint), features (frame: feature text, automated_counts boolean)
-- out: person bigint, feature text, at_least bigint, day bigint (after provisioning, from 0)
with daily as (
  select p.person, u.feature, u.day - p.provisioned_on as day, sum(u.n) as n
  from people p
  join usage_daily u on u.person_id = p.person_id and u.account_id = p.account_id and u.day >= p.provisioned_on
    and u.day < p.provisioned_on + cast($by_day as integer)
  join features f on f.feature = u.feature and (u.actor = 'human' or f.automated_counts)
  group by all
),
running as (
  select person, feature, day,
    sum(n) over (partition by person, feature order by day rows between unbounded preceding and current row) as total
  from daily
)
select r.person, r.feature, o.at_least, min(r.day) as day
from running r
join often o on r.total >= o.at_least
group by r.person, r.feature, o.at_least
order by r.feature, o.at_least, r.person
