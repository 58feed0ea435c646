-- Whether a chunk still waits.
-- in: position integer
-- out: waits integer (a row when it does)
select 1 as waits from chunks where position = $position
