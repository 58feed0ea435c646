-- Says that a chunk lies elsewhere.
-- in: position integer
-- in: file text
-- in: start integer (bytes)
-- out: nothing
update chunks set file = $file, start = $start where position = $position
