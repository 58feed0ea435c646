-- The events of one account in a span of days: what lies behind a number.
-- in: account text, since date (inclusive), until date (exclusive), person text (null: everybody),
--     kinds list of text (null: all), names list of text (null: all), most integer, skip integer
-- out: event_id text, source text, kind text, name text, happened_at timestamp, person_id text, person text,
--      actor text, quantity double, properties text, total integer (rows without the limit); newest first
with found as materialized (
  select arrival, event_id, source, kind, name, happened_at, person_id, actor, quantity, properties
  from events
  where account_id = $account and happened_on >= $since and happened_on < $until
    and ($person is null or person_id = $person)
    and ($kinds is null or kind in (select unnest($kinds)))
    and ($names is null or name in (select unnest($names)))
),
-- Those that hold, as the view `holding` has them, which would pass by everybody's events twice.
here as (
  select * from found where kind <> 'row'
  union all
  select f.* from found f where f.kind = 'row' and not exists (select 1 from replaced r where r.arrival = f.arrival)
)
select e.event_id, e.source, e.kind, e.name, e.happened_at, e.person_id, coalesce(p.name, p.email, e.person_id) as person,
  e.actor, e.quantity, e.properties, e.total
from (
  select event_id, source, kind, name, happened_at, person_id, actor, quantity, properties, count(*) over () as total
  from here
  order by happened_at desc, event_id
  limit $most offset $skip
) e
left join people p on p.person_id = e.person_id
order by e.happened_at desc, e.event_id
