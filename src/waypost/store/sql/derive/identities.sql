-- Finds whom every alias belongs to: an anonymous id joins the person it was first identified as; a former person id
-- joins the person named by the earliest alias call, along chains of up to eight.
-- in: nothing
-- out: number of rows
insert into identities
with recursive links as (
  select anonymous_id as alias, person_id, happened_at, event_id
  from said
  where kind = 'identify' and anonymous_id is not null and person_id is not null
  union all
  select properties ->> '$.previousId', person_id, happened_at, event_id
  from said
  where kind = 'alias' and person_id is not null and (properties ->> '$.previousId') is not null
),
first_links as (
  select alias, person_id, happened_at
  from links
  where alias <> person_id
  qualify row_number() over (partition by alias order by happened_at, event_id) = 1
),
-- Ids that name each other in a ring: the call that closed the ring is left out.
rings as (
  select alias as member, alias, person_id, happened_at, 1 as hops from first_links
  union all
  select r.member, f.alias, f.person_id, f.happened_at, r.hops + 1
  from rings r join first_links f on f.alias = r.person_id
  where r.hops < 8 and r.person_id <> r.member
),
closing as (
  select r.alias
  from rings r
  join (select member from rings where person_id = member) ring on ring.member = r.member
  qualify row_number() over (partition by r.member order by r.happened_at desc, r.alias desc) = 1
),
straight as (
  select alias, person_id from first_links where alias not in (select alias from closing)
),
walk as (
  select alias, person_id, 1 as hops from straight
  union all
  select w.alias, s.person_id, w.hops + 1
  from walk w join straight s on s.alias = w.person_id
  where w.hops < 8
)
select alias, person_id
from walk
qualify row_number() over (partition by alias order by hops desc) = 1
