-- Notes accounts whose health is due, each from a day on; committed with what made it due.
-- in: fresh (frame: account_id text, from_on date (inclusive))
-- out: number of rows
insert into due select account_id, from_on from fresh
