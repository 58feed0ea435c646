-- Puts the rows of usage_daily beside each other by account and person: a page reads a few blocks then, and not all.
-- in: nothing
-- out: number of rows
create or replace temp table tidied as select * from usage_daily;
delete from usage_daily;
insert into usage_daily select * from tidied order by account_id, person_id, day;
