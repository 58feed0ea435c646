-- Who the people of `scope` are: the newest word on each of name, e-mail and title, from identify and membership events.
-- A former id, whose events all belong to somebody else now, has no row.
-- in: scope (frame: person_id text)
-- out: number of rows
insert into people
with named as (
  select distinct person_id
  from resolved
  where person_id in (select person_id from scope) and kind not in ('signal', 'intervention', 'delivery', 'definition')
),
told as (
  select person_id, kind, happened_at, event_id, properties,
    coalesce(
      properties ->> '$.name',
      nullif(trim(concat_ws(' ', properties ->> '$.firstName', properties ->> '$.lastName')), '')
    ) as name
  from resolved
  where kind in ('identify', 'membership') and person_id in (select person_id from scope)
),
said as (
  select
    person_id,
    arg_max(name, (happened_at, event_id)) filter (where name is not null) as name,
    arg_max(properties ->> '$.email', (happened_at, event_id)) filter (where (properties ->> '$.email') is not null) as email,
    arg_max(properties ->> '$.title', (happened_at, event_id)) filter (where (properties ->> '$.title') is not null) as title,
    arg_max(properties, (happened_at, event_id)) filter (where kind = 'identify') as traits
  from told
  group by person_id
),
seen as (
  select person_id, min(first_at) as first_seen_at, max(last_at) as last_seen_at
  from usage_daily
  where person_id in (select person_id from scope) and actor = 'human'
  group by person_id
)
select
  s.person_id, said.name, said.email, said.title, coalesce(said.traits, '{}'), seen.first_seen_at, seen.last_seen_at
from named s
left join said on said.person_id = s.person_id
left join seen on seen.person_id = s.person_id
