-- Keeps those of some days on which there was any use.
-- in: days (frame: day date)
-- out: number of rows
insert into used_days select distinct day from usage_daily where day in (select day from days)
