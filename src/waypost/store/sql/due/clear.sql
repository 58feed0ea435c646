-- Nothing is due any more; committed with the health that was stated.
-- in: nothing
-- out: number of rows
delete from due
