-- Keeps one chunk of events.
-- in: n integer (events in the chunk, > 0)
-- in: parcels blob (MessagePack list of parcels)
-- out: nothing
insert into chunks (n, parcels) values ($n, $parcels)
