-- The chunks after a position, oldest first.
-- in: after integer (exclusive)
-- out: position integer
-- out: n integer (events in the chunk)
-- out: parcels blob (MessagePack list of parcels)
select position, n, parcels from chunks where position > $after order by position
