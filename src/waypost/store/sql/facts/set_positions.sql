-- Remembers how far each named progress has come.
-- in: fresh (frame: name text, position bigint)
-- out: number of rows
insert or replace into progress select name, position from fresh
