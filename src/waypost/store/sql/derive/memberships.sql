-- Dated memberships of the people of `scope`. A role change closes one row and opens the next with the same day 0; who
-- comes back after leaving has a new day 0. Membership events say it best; before the first of them a group call does; else
-- the first event that names both person and account.
-- in: scope (frame: person_id text), zone text (IANA name)
-- out: number of rows
insert into memberships
with ids as (
  select person_id as id, person_id, false as is_alias from scope where person_id not in (select alias from identities)
  union all
  select alias, person_id, true from identities where person_id in (select person_id from scope)
),
told as (
  select i.person_id, e.account_id, e.kind, e.name, e.happened_at, e.happened_on, e.event_id, e.properties
  from said e
  join ids i on i.id = coalesce(e.person_id, e.anonymous_id) and (e.person_id is not null or i.is_alias)
  where e.account_id is not null and e.actor <> 'system' and e.kind in ('membership', 'group')
),
spoken as (
  select person_id, account_id, min(happened_at) as spoken_at from told where kind = 'membership' group by person_id, account_id
),
-- When the person was first seen there, whatever the event.
met as (
  select i.person_id, m.account_id, min(m.first_at) as first_at, min(m.first_on) as first_on
  from meetings m
  join ids i on i.id = m.id and (not m.is_alias or i.is_alias)
  where m.account_id is not null and not m.by_system
  group by i.person_id, m.account_id
),
before as (
  select t.*
  from told t
  left join spoken s on s.person_id = t.person_id and s.account_id = t.account_id
  where t.kind = 'group' and (s.spoken_at is null or t.happened_at < s.spoken_at)
),
changes as (
  select
    person_id, account_id, happened_at, happened_on, event_id, name = 'left' as leaves, properties ->> '$.role' as role,
    try_cast(properties ->> '$.champion' as boolean) as champion,
    try_cast(properties ->> '$.signs_renewal' as boolean) as signs_renewal,
    cast(try_cast(properties ->> '$.provisioned_at' as timestamptz) at time zone 'UTC' as timestamp) as provisioned_at
  from told
  where kind = 'membership'
  union all
  select person_id, account_id, happened_at, happened_on, event_id, false, properties ->> '$.role', null, null, null
  from before
  where kind = 'group' and (properties ->> '$.role') is not null
  union all
  select m.person_id, m.account_id, m.first_at, m.first_on, '', false, null, null, null, null
  from met m
  left join spoken s on s.person_id = m.person_id and s.account_id = m.account_id
  where s.spoken_at is null or m.first_at < s.spoken_at
),
-- How often the person had left before.
spells as (
  select *,
    coalesce(sum(cast(leaves as integer)) over (
      partition by person_id, account_id order by happened_at, event_id rows between unbounded preceding and 1 preceding
    ), 0) as spell
  from changes
),
filled as (
  select
    person_id, account_id, happened_at, happened_on, event_id, leaves,
    last_value(role ignore nulls) over so_far as role,
    coalesce(last_value(champion ignore nulls) over so_far, false) as champion,
    coalesce(last_value(signs_renewal ignore nulls) over so_far, false) as signs_renewal,
    coalesce(first_value(provisioned_at ignore nulls) over stay, first_value(happened_at) over stay) as provisioned_at
  from spells
  window
    so_far as (
      partition by person_id, account_id order by happened_at, event_id
      rows between unbounded preceding and current row
    ),
    stay as (
      partition by person_id, account_id, spell order by happened_at, event_id
      rows between unbounded preceding and current row
    )
),
-- A word that changes nothing opens no row of its own.
changed as (
  select *
  from filled
  qualify row(leaves, role, champion, signs_renewal, provisioned_at) is distinct from lag(
    row(leaves, role, champion, signs_renewal, provisioned_at)
  ) over (partition by person_id, account_id order by happened_at, event_id)
),
dated as (
  select *, lead(happened_on) over (partition by person_id, account_id order by happened_at, event_id) as next_on from changed
)
select
  person_id, account_id, role, champion, signs_renewal, provisioned_at,
  cast(timezone($zone, timezone('UTC', provisioned_at)) as date) as provisioned_on,
  happened_on as joined_on, next_on as left_on
from dated
where not leaves and (next_on is null or next_on > happened_on)
