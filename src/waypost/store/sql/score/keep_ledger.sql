-- Stores ledger rows.
-- in: fresh (frame: the columns of ledger)
-- out: number of rows
insert into ledger
select account_id, on_day, input, item, cause, points, value_before, value_after, happened_at, person_id, detail from fresh
