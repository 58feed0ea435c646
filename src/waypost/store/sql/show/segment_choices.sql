-- What conditions of segments can be chosen from: the values that are there today, the most frequent of each kind first.
-- in: today date, most integer (of each kind)
-- out: kind text (tier, region, owner, plan or role), value text
select kind, value
from (
  select kind, value, row_number() over (partition by kind order by n desc, value) as place
  from (
    select 'tier' as kind, tier as value, count(*) as n from accounts group by tier
    union all
    select 'region', region, count(*) from accounts group by region
    union all
    select 'owner', owner, count(*) from accounts group by owner
    union all
    select 'plan', plan, count(*) from account_eras where until_on is null group by plan
    union all
    select 'role', role, count(*) from memberships
    where joined_on <= $today and (left_on is null or left_on > $today)
    group by role
  ) counted
  where value is not null
) ranked
where place <= $most
order by kind, place
