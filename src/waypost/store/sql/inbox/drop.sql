-- Lets go of one chunk.
-- in: position integer
-- out: nothing
delete from chunks where position = $position
