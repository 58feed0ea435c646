-- Appends the events of `fresh` that are not stored yet: once per (source, event_id), however often they are sent.
-- in: fresh (frame: nr bigint (order of arrival) and the columns of events but arrival), before bigint (the newest arrival),
--     covered bigint: the arrival after which stored events are looked through,
--     sent_before (frame: source text, event_id text): those before it that any of `fresh` may be
-- out: number of rows appended
insert into events by name
with kept as (
  select f.*
  from fresh f
  where not exists (select 1 from events e where e.arrival > $covered and e.event_id = f.event_id and e.source = f.source)
    and not exists (select 1 from sent_before s where s.event_id = f.event_id and s.source = f.source)
  qualify row_number() over (partition by f.source, f.event_id order by f.nr) = 1
)
-- Numbered without gaps, once it is known which are kept: the newest arrival is the one before and as many as were appended.
select
  $before + row_number() over (order by k.nr) as arrival,
  k.event_id, k.source, k.kind, k.name, k.happened_at, k.received_at, k.happened_on,
  k.person_id, k.anonymous_id, k.account_id, k.actor, k.quantity, k.properties, k.context, k.import_id
from kept k
