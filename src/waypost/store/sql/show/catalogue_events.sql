-- The events of one name in some days, the latest first.
-- in: source text (null: any), kind text, name text, since date (inclusive), until date (exclusive), most integer, skip integer
-- out: event_id text, source text, kind text, name text, happened_at timestamp, person_id text, person text, account_id text,
--      account text, actor text, quantity double, properties text, total bigint: of all rows
with page as (
  select arrival, count(*) over () as total
  from holding
  where ($source is null or source = $source) and kind = $kind and name = $name and happened_on >= $since and happened_on < $until
  order by happened_at desc, arrival desc
  limit $most offset $skip
)
select e.event_id, e.source, e.kind, e.name, e.happened_at, e.person_id, coalesce(p.name, e.person_id) as person, e.account_id,
  coalesce(a.name, e.account_id) as account, e.actor, e.quantity, e.properties, page.total
from resolved e
join page on page.arrival = e.arrival
left join people p on p.person_id = e.person_id
left join accounts a on a.account_id = e.account_id
order by e.happened_at desc, e.arrival desc
