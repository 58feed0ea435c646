-- The names of the events of some days, in which the catalogue's patterns are looked up.
-- in: days (frame: day date)
-- out: kind text, name text (each pair once)
select distinct kind, name from events where happened_on in (select day from days)
