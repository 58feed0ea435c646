-- Remembers how far the named progress has come; committed with what it stands for.
-- in: name text, position bigint
-- out: 1
insert or replace into progress values ($name, $position)
