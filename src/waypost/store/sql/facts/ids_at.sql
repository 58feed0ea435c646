-- What tells the events with some arrivals apart from all others.
-- in: places (frame: arrival bigint), first bigint (inclusive), last bigint (inclusive): bounds of the arrivals in places
-- out: source text, event_id text, import_id bigint (null: no import brought it)
select source, event_id, import_id from events where arrival between $first and $last and arrival in (select arrival from places)
