-- Stores how early strays were sensed on each journey.
-- in: fresh (frame: the columns of sensing)
-- out: number of rows
insert into sensing
select journey, version, made_on, report from fresh
