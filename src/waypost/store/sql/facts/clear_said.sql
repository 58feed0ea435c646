-- Forgets the second copy of what is not use, and who met which account when, before both are kept anew from the events.
-- in: nothing
-- out: nothing
delete from said;
delete from meetings;
