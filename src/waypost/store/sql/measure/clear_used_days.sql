-- Forgets whether there was any use on some days.
-- in: days (frame: day date)
-- out: number of rows
delete from used_days where day in (select day from days)
