-- Who the people of `scope` are: the newest word on each of name, e-mail and title, from identify and membership events,
-- and on each trait, from identify events; what an identify event last said to be null has no word.
-- A former id, whose events all belong to somebody else now, has no row.
-- in: scope (frame: person_id text), updates (frame: arrival bigint, properties text: what the update of that arrival comes to)
-- out: number of rows
insert into people
with ids as (
  select person_id as id, person_id, false as is_alias from scope where person_id not in (select alias from identities)
  union all
  select alias, person_id, true from identities where person_id in (select person_id from scope)
),
named as (
  select distinct i.person_id from meetings m join ids i on i.id = m.id and (not m.is_alias or i.is_alias)
),
told as (
  select i.person_id, e.kind, e.happened_at, e.event_id, coalesce(u.properties, e.properties) as properties
  from said e
  join ids i on i.id = coalesce(e.person_id, e.anonymous_id) and (e.person_id is not null or i.is_alias)
  left join updates u on u.arrival = e.arrival
  where e.kind in ('identify', 'membership')
),
-- What was said word for word before needs no second merging.
words as (
  select person_id, properties, max((happened_at, event_id)) as said_at
  from told
  where kind = 'identify'
  group by person_id, properties
),
counted as (
  select person_id, any_value(properties) as properties, count(*) as n from words group by person_id
),
-- Most have said one thing only: it is merged without a list of one.
held as (
  select person_id, json_merge_patch('{}', properties) as traits from counted where n = 1
  union all
  select person_id, list_reduce(list(properties order by said_at), lambda one, next: json_merge_patch(one, next), '{}')
  from words
  where person_id in (select person_id from counted where n > 1)
  group by person_id
),
identified as (
  select person_id,
    coalesce(
      traits ->> '$.name', nullif(trim(concat_ws(' ', traits ->> '$.firstName', traits ->> '$.lastName')), '')
    ) as name,
    traits ->> '$.email' as email, traits ->> '$.title' as title, traits
  from held
),
-- When each was last told, by an identify event (also that it is null) and by a membership event, and what the latter said.
heard as (
  select
    person_id,
    max((happened_at, event_id)) filter (where kind = 'identify' and (json_exists(properties, '$.name')
      or json_exists(properties, '$.firstName') or json_exists(properties, '$.lastName'))) as name_at,
    max((happened_at, event_id)) filter (where kind = 'identify' and json_exists(properties, '$.email')) as email_at,
    max((happened_at, event_id)) filter (where kind = 'identify' and json_exists(properties, '$.title')) as title_at,
    max((happened_at, event_id, properties ->> '$.name'))
      filter (where kind = 'membership' and (properties ->> '$.name') is not null) as named,
    max((happened_at, event_id, properties ->> '$.email'))
      filter (where kind = 'membership' and (properties ->> '$.email') is not null) as mailed,
    max((happened_at, event_id, properties ->> '$.title'))
      filter (where kind = 'membership' and (properties ->> '$.title') is not null) as titled
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
  s.person_id,
  case when h.named is null or h.name_at > (h.named[1], h.named[2]) then i.name else h.named[3] end,
  case when h.mailed is null or h.email_at > (h.mailed[1], h.mailed[2]) then i.email else h.mailed[3] end,
  case when h.titled is null or h.title_at > (h.titled[1], h.titled[2]) then i.title else h.titled[3] end,
  coalesce(i.traits, '{}'), seen.first_seen_at, seen.last_seen_at
from named s
left join heard h on h.person_id = s.person_id
left join identified i on i.person_id = s.person_id
left join seen on seen.person_id = s.person_id
