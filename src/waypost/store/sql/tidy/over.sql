-- Drops what tidying put aside.
-- in: nothing
-- out: nothing
drop table if exists tidied
