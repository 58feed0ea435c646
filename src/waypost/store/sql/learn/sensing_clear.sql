-- Forgets how early strays were sensed, before it is worked out anew.
-- in: nothing
-- out: nothing
delete from sensing
