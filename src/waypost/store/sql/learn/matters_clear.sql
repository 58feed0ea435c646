-- Forgets what goes with staying, before it is worked out anew.
-- in: nothing
-- out: nothing
delete from matters
