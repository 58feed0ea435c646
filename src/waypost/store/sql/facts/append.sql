-- Appends the events of `fresh` that are not stored yet: once per (source, event_id), however often they are sent.
-- in: fresh (frame: nr bigint (order of arrival) and the columns of events but arrival), before bigint (the newest arrival),
--     covered bigint: the arrival after which stored events are looked through,
--     sent_before (frame: source text, event_id text): those before it that any of `fresh` may be
-- out: number of rows appended
insert into events
select
  $before + row_number() over (order by f.nr) as arrival,
  f.event_id, f.source, f.kind, f.name, f.happened_at, f.received_at, f.happened_on,
  f.person_id, f.anonymous_id, f.account_id, f.actor, f.quantity, f.properties, f.context
from fresh f
where not exists (select 1 from events e where e.arrival > $covered and e.event_id = f.event_id and e.source = f.source)
  and not exists (select 1 from sent_before s where s.event_id = f.event_id and s.source = f.source)
qualify row_number() over (partition by f.source, f.event_id order by f.nr) = 1
