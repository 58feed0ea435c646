-- Puts the rows of standings beside each other by account and person: a page reads a few blocks then, and not all.
-- in: nothing
-- out: number of rows
create or replace temp table tidied as select * from standings;
delete from standings;
insert into standings select * from tidied order by account_id, person_id, since_on;
