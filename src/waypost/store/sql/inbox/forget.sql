-- Lets go of chunks that the warehouse has.
-- in: up_to integer (position, inclusive)
-- out: nothing
delete from chunks where position <= $up_to
