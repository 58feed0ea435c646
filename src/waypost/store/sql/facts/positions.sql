-- How far every progress that has begun has come.
-- in: nothing
-- out: name text, position bigint
select name, position from progress
