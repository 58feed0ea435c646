-- Stores dated standings.
-- in: fresh (frame: the columns of standings)
-- out: number of rows
insert into standings
select person_id, account_id, journey, version, since_on, until_on, standing, milestone, due_on, missing from fresh
