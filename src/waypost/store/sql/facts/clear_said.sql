-- Forgets the second copy of what is not use, who met which account when, and which counts hold no longer, before all are kept
-- anew from the events.
-- in: nothing
-- out: nothing
delete from said;
delete from meetings;
delete from replaced;
