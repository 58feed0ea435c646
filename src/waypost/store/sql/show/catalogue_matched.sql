-- The events of some days that some rules mean, the latest first.
-- in: since date (inclusive), until date (exclusive), most integer, skip integer,
--     rules (frame: key, name, kind, source, alternatives; one key)
-- out: event_id text, source text, kind text, name text, happened_at timestamp, person_id text, person text, account_id text,
--      account text, actor text, quantity double, properties text, total bigint: of all rows
with page as (
  select e.arrival, count(*) over () as total
  from holding e
  join rules r
    on r.name = e.name and (r.kind is null or r.kind = e.kind) and (r.source is null or r.source = e.source)
    and (r.alternatives is null or meant_by(r.alternatives, e.kind, e.source, e.properties) is not null)
  where e.happened_on >= $since and e.happened_on < $until
  order by e.happened_at desc, e.arrival desc
  limit $most offset $skip
)
select e.event_id, e.source, e.kind, e.name, e.happened_at, e.person_id, coalesce(p.name, e.person_id) as person, e.account_id,
  coalesce(a.name, e.account_id) as account, e.actor, e.quantity, e.properties, page.total
from resolved e
join page on page.arrival = e.arrival
left join people p on p.person_id = e.person_id
left join accounts a on a.account_id = e.account_id
order by e.happened_at desc, e.arrival desc
