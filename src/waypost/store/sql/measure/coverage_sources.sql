-- Which sources see what some rules mean in some days, and how many of the people whom any of them saw each source saw.
-- An event counts once for each key; it needs no account. A person's day is a day on which a source saw that person.
-- in: since date (inclusive), until date (exclusive), rules (frame: key, name, kind, source, actor, alternatives)
-- out: key text, source text, n bigint: events, people bigint, days bigint: of people, all_people bigint and all_days bigint: seen by
--      any source, n_nobody bigint: events without a person
with found as (
  select r.key, e.source, e.happened_on as day, e.person_id
  from resolved e
  join rules r
    on r.name = e.name and (r.kind is null or r.kind = e.kind) and (r.source is null or r.source = e.source)
    and (r.alternatives is null or meant_by(r.alternatives, e.kind, e.source, e.properties) is not null)
  where e.happened_on >= $since and e.happened_on < $until
),
daily as (
  select key, source, day, person_id, count(*) as n from found group by key, source, day, person_id
),
each_source as (
  select key, source, sum(n) as n, count(distinct person_id) as people, count(*) filter (where person_id is not null) as days,
    coalesce(sum(n) filter (where person_id is null), 0) as n_nobody
  from daily
  group by key, source
),
seen as (
  select distinct key, day, person_id from daily where person_id is not null
),
everybody as (
  select key, count(distinct person_id) as all_people, count(*) as all_days from seen group by key
)
select s.key, s.source, cast(s.n as bigint) as n, s.people, s.days, coalesce(a.all_people, 0) as all_people,
  coalesce(a.all_days, 0) as all_days, cast(s.n_nobody as bigint) as n_nobody
from each_source s
left join everybody a on a.key = s.key
order by s.key, s.people desc, s.source
