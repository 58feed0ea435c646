-- Stores what goes with staying.
-- in: fresh (frame: the columns of matters)
-- out: number of rows
insert into matters
select journey, by_day, made_on, report from fresh
