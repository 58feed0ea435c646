-- How far two sources agree about what some rules mean in some days: the days of people that both of them saw.
-- in: since date (inclusive), until date (exclusive), rules (frame: key, name, kind, source, actor, alternatives)
-- out: key text, source text, other text: the later one by name, both bigint: days of people that both saw, people bigint: whose
with seen as (
  select distinct r.key, e.source, e.happened_on as day, e.person_id
  from resolved e
  join rules r
    on r.name = e.name and (r.kind is null or r.kind = e.kind) and (r.source is null or r.source = e.source)
    and (r.alternatives is null or meant_by(r.alternatives, e.kind, e.source, e.properties) is not null)
  where e.happened_on >= $since and e.happened_on < $until and e.person_id is not null
)
select a.key, a.source, b.source as other, count(*) as both, count(distinct a.person_id) as people
from seen a
join seen b on b.key = a.key and b.person_id = a.person_id and b.day = a.day and b.source > a.source
group by a.key, a.source, b.source
order by a.key, a.source, b.source
