-- Puts away what `derive/spoken` laid out.
-- in: nothing
-- out: nothing
drop table spoken
