-- The chunks after a position, oldest first.
-- in: after integer (exclusive)
-- out: position integer
-- out: n integer (events in the chunk)
-- out: events blob (one JSON event a line)
select position, n, events from chunks where position > $after order by position
