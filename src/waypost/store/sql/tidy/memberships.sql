-- Puts the rows of memberships beside each other by account and person: a page reads a few blocks then, and not all.
-- in: nothing
-- out: number of rows
create or replace temp table tidied as select * from memberships;
delete from memberships;
insert into memberships select * from tidied order by account_id, person_id, joined_on;
