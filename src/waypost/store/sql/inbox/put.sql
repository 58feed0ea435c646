-- Keeps one chunk of events.
-- in: n integer (events in the chunk, > 0)
-- in: events blob (one JSON event a line)
-- out: nothing
insert into chunks (n, events) values ($n, $events)
