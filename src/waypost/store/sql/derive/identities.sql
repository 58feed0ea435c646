-- Finds whom every alias belongs to: an anonymous id joins the person it was first identified as; a former person id
-- joins the person named by the earliest alias call, along chains of up to eight.
-- in: nothing
-- out: number of rows
insert into identities
with recursive links as (
  select anonymous_id as alias, person_id, happened_at, event_id
  from events
  where kind = 'identify' and anonymous_id is not null and person_id is not null
  union all
  select properties ->> '$.previousId', person_id, happened_at, event_id
  from events
  where kind = 'alias' and person_id is not null and (properties ->> '$.previousId') is not null
),
first_links as (
  select alias, person_id, happened_at
  from links
  where alias <> person_id
  qualify row_number() over (partition by alias order by happened_at, event_id) = 1
),
-- Two ids that name each other: the earlier call stands.
straight as (
  select f.alias, f.person_id
  from first_links f
  left join first_links back on back.alias = f.person_id and back.person_id = f.alias
  where back.alias is null or (f.happened_at, f.alias) < (back.happened_at, back.alias)
),
walk as (
  select alias, person_id, 1 as hops from straight
  union all
  select w.alias, s.person_id, w.hops + 1
  from walk w join straight s on s.alias = w.person_id
  where w.hops < 8 and s.person_id <> w.alias
)
select alias, person_id
from walk
qualify row_number() over (partition by alias order by hops desc) = 1
