-- The uses of a feature (of a person at an account) that are not counted, for a source that is believed before theirs tells the same use: latest first.
-- in: since date (inclusive), until date (exclusive), most integer, skip integer,
--     rules (frame: feature, name, kind, source, actor, alternatives, once (list of text: sources that tell the same); one feature)
-- out: event_id text, source text, kind text, name text, happened_at timestamp, person_id text, person text, account_id text,
--      account text, actor text, counted_source text and counted_at timestamp: of the first event that counts in its place,
--      total bigint: of all rows
with told as (
  select e.*, list_position(r.once, e.source) as place, min(list_position(r.once, e.source)) over same_minute as first_place,
    min_by(e.source, (list_position(r.once, e.source), e.happened_at)) over same_minute as counted_source,
    min_by(e.happened_at, (list_position(r.once, e.source), e.happened_at)) over same_minute as counted_at
  from resolved e
  join rules r
    on r.name = e.name and (r.kind is null or r.kind = e.kind) and (r.source is null or r.source = e.source)
    and (r.alternatives is null or meant_by(r.alternatives, e.kind, e.source, e.properties) is not null)
  where e.happened_on >= $since and e.happened_on < $until and e.person_id is not null
    and list_contains(r.once, e.source)
    and (e.account_id is not null or exists (
      select 1 from memberships m
      where m.person_id = e.person_id and m.joined_on <= e.happened_on and (m.left_on is null or m.left_on > e.happened_on)
    ))
  window same_minute as (partition by r.feature, e.person_id, date_trunc('minute', e.happened_at))
),
page as (
  select *, count(*) over () as total
  from told
  where place > first_place
  order by happened_at desc, arrival desc
  limit $most offset $skip
)
select e.event_id, e.source, e.kind, e.name, e.happened_at, e.person_id, coalesce(p.name, e.person_id) as person, e.account_id,
  coalesce(a.name, e.account_id) as account, e.actor, e.counted_source, e.counted_at, e.total
from page e
left join people p on p.person_id = e.person_id
left join accounts a on a.account_id = e.account_id
order by e.happened_at desc, e.arrival desc
