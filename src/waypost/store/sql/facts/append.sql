-- Appends events that are not stored yet.
-- in: fresh (frame: the columns of events)
-- out: number of rows appended
insert into events by name select * from fresh
