-- What one person did in some days, newest first: the same thing on the same day is one row. Events under every id that
-- the person ever had are theirs. Surveys, tickets, memberships and what Waypost did are one row each.
-- What a service that sends our mail reports of it is left out: the touch tells it.
-- in: person text, since date (inclusive), until date (exclusive), most integer
-- out: kind text, source text, name text, happened_on date, first_at timestamp, last_at timestamp, n integer (>= 1),
--   automated integer (of n, by jobs), quantity double, properties text (of the newest)
with mine as (select $person as id union select alias from identities where person_id = $person),
found as materialized (
  -- Two looks, each by one column: asked as one "or", every column of everybody's events would be read.
  select arrival, kind, source, name, happened_on, happened_at, event_id, actor, quantity, properties
  from events
  where person_id in (select id from mine) and happened_on >= $since and happened_on < $until
  union all
  select arrival, kind, source, name, happened_on, happened_at, event_id, actor, quantity, properties
  from events
  where anonymous_id in (select id from mine) and person_id is null and happened_on >= $since and happened_on < $until
),
-- Those that hold, as the view `holding` has them, which would pass by everybody's events twice.
here as (
  select * from found where kind <> 'row'
  union all
  select f.* from found f where f.kind = 'row' and not exists (select 1 from replaced r where r.arrival = f.arrival)
)
select kind, max(source) as source, name, happened_on, min(happened_at) as first_at, max(happened_at) as last_at,
  count(*) as n, count(*) filter (actor = 'automated') as automated, sum(quantity) filter (isfinite(quantity)) as quantity,
  arg_max(properties, happened_at) as properties
from here
where kind not in ('identify', 'group', 'alias', 'definition', 'learnt')
  and not (kind = 'delivery' and source <> 'waypost' and json_extract_string(properties, '$.waypost_id') is not null)
group by kind, name, happened_on,
  case when kind in ('survey', 'ticket', 'membership', 'delivery', 'intervention', 'signal') then event_id end
order by last_at desc, kind, name
limit $most
