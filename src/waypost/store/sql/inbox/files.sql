-- The files in which chunks lie that still wait.
-- in: nothing
-- out: file text
select distinct file from chunks
