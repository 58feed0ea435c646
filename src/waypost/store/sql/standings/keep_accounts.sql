-- Stores dated standings of accounts.
-- in: fresh (frame: the columns of account_standings)
-- out: number of rows
insert into account_standings
select account_id, journey, version, since_on, until_on, standing, milestone, due_on, missing from fresh
