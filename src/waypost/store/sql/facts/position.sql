-- How far the named progress has come.
-- in: name text
-- out: position bigint (one row, or none when it has not begun)
select position from progress where name = $name
