-- How many uses of features (of a person at an account) are not counted, for a source that is believed before theirs tells the same use.
-- in: since date (inclusive), until date (exclusive),
--     rules (frame: feature, name, kind, source, actor, alternatives, once (list of text: sources that tell the same))
-- out: key text, source text, n bigint
with told as (
  select r.feature as key, e.source, list_position(r.once, e.source) as place, min(list_position(r.once, e.source)) over (
      partition by r.feature, e.person_id, date_trunc('minute', e.happened_at)
    ) as first_place
  from resolved e
  join rules r
    on r.name = e.name and (r.kind is null or r.kind = e.kind) and (r.source is null or r.source = e.source)
    and (r.alternatives is null or meant_by(r.alternatives, e.kind, e.source, e.properties) is not null)
  where e.happened_on >= $since and e.happened_on < $until and e.person_id is not null
    and (e.account_id is not null or exists (
      select 1 from memberships m
      where m.person_id = e.person_id and m.joined_on <= e.happened_on and (m.left_on is null or m.left_on > e.happened_on)
    ))
)
select key, source, count(*) as n
from told
where place > first_place
group by key, source
order by key, source
