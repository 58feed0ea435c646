-- Stores the odds of everybody underway.
-- in: fresh (frame: the columns of odds)
-- out: number of rows
insert into odds (person_id, account_id, journey, version, milestone, on_day, due_on, odds, low, high, people, at_risk, why)
select person_id, account_id, journey, version, milestone, on_day, due_on, odds, low, high, people, at_risk, why from fresh
