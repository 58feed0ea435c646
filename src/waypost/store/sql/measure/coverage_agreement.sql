-- How far two sources agree about what some rules mean in some days: the days, and the minutes, of people that both saw.
-- in: since date (inclusive), until date (exclusive), rules (frame: key, name, kind, source, actor, alternatives)
-- out: key text, source text, other text: the later one by name, both bigint: days of people that both saw, people bigint: whose,
--      minutes bigint: minutes (UTC) of people that both saw
with seen as (
  select r.key, e.source, e.happened_on as day, e.person_id, date_trunc('minute', e.happened_at) as minute
  from resolved e
  join rules r
    on r.name = e.name and (r.kind is null or r.kind = e.kind) and (r.source is null or r.source = e.source)
    and (r.alternatives is null or meant_by(r.alternatives, e.kind, e.source, e.properties) is not null)
  where e.happened_on >= $since and e.happened_on < $until and e.person_id is not null
  group by all
),
days as (
  select distinct key, source, day, person_id from seen
),
minutes as (
  select a.key, a.source, b.source as other, count(*) as n
  from seen a
  join seen b on b.key = a.key and b.person_id = a.person_id and b.minute = a.minute and b.source > a.source
  group by a.key, a.source, b.source
)
select a.key, a.source, b.source as other, count(*) as both, count(distinct a.person_id) as people, any_value(coalesce(m.n, 0)) as minutes
from days a
join days b on b.key = a.key and b.person_id = a.person_id and b.day = a.day and b.source > a.source
left join minutes m on m.key = a.key and m.source = a.source and m.other = b.source
group by a.key, a.source, b.source
order by a.key, a.source, b.source
