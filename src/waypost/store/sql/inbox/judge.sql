-- Says that what was refused of a chunk is counted; changes no row when it was before.
-- in: position integer
-- out: nothing
update chunks set judged = 1 where position = $position and not judged
