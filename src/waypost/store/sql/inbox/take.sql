-- The chunks after a position, oldest first.
-- in: after integer (exclusive), most integer: so many at most (negative: all)
-- out: position integer
-- out: n integer (events in the chunk)
-- out: file text
-- out: start integer (bytes)
-- out: length integer (bytes, > 0)
select position, n, file, start, length from chunks where position > $after order by position limit $most
