-- Dated memberships of the people of `scope`. A role change closes one row and opens the next with the same day 0.
-- Membership events say it best; else a group call; else the first event that names both person and account.
-- in: scope (frame: person_id text)
-- out: number of rows
insert into memberships
with told as (
  select person_id, account_id, kind, name, happened_at, happened_on, event_id, properties
  from resolved
  where person_id in (select person_id from scope) and account_id is not null and actor <> 'system'
),
spoken as (
  select person_id, account_id, bool_or(kind = 'membership' and name = 'joined') as has_joined
  from told
  group by person_id, account_id
),
-- Every change of a membership; without a spoken join, the first thing heard of the pair is the join.
changes as (
  select
    t.person_id, t.account_id, t.happened_at, t.happened_on, t.event_id, t.name = 'left' as leaves,
    t.properties ->> '$.role' as role,
    cast(t.properties ->> '$.champion' as boolean) as champion,
    cast(t.properties ->> '$.signs_renewal' as boolean) as signs_renewal,
    cast(cast(t.properties ->> '$.provisioned_at' as timestamptz) at time zone 'UTC' as timestamp) as provisioned_at
  from told t
  where t.kind = 'membership'
  union all
  select
    t.person_id, t.account_id, min(t.happened_at), min(t.happened_on), min(t.event_id), false,
    arg_min(t.properties ->> '$.role', t.happened_at) filter (where t.kind = 'group'), null, null, null
  from told t
  join spoken s on s.person_id = t.person_id and s.account_id = t.account_id and not s.has_joined
  where not (t.kind = 'membership' and t.name = 'left')
  group by t.person_id, t.account_id
),
filled as (
  select
    person_id, account_id, happened_at, happened_on, leaves,
    last_value(role ignore nulls) over w as role,
    coalesce(last_value(champion ignore nulls) over w, false) as champion,
    coalesce(last_value(signs_renewal ignore nulls) over w, false) as signs_renewal,
    coalesce(first_value(provisioned_at ignore nulls) over w, first_value(happened_at) over w) as provisioned_at,
    lead(happened_on) over (partition by person_id, account_id order by happened_at, event_id) as next_on
  from changes
  window w as (
    partition by person_id, account_id order by happened_at, event_id
    rows between unbounded preceding and current row
  )
)
select
  person_id, account_id, role, champion, signs_renewal, provisioned_at,
  cast(timezone($zone, timezone('UTC', provisioned_at)) as date) as provisioned_on,
  happened_on as joined_on, next_on as left_on
from filled
where not leaves and (next_on is null or next_on > happened_on)
