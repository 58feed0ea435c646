-- Which events of a source are stored, of some ids.
-- in: source text, ids (frame: event_id text)
-- out: event_id text
select event_id from events where source = $source and event_id in (select event_id from ids)
