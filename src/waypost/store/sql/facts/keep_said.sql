-- Keeps the events after an arrival that are not use a second time.
-- in: after bigint (exclusive), use text[] (the kinds of event that are use)
-- out: number of rows
insert into said
select arrival, event_id, source, kind, name, happened_at, received_at, happened_on, person_id, anonymous_id, account_id, actor,
  quantity, properties, context
from events
where arrival > $after and not list_contains($use, kind)
