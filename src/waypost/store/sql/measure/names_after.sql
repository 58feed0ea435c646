-- The names of the events after an arrival (-1: of all), in which the catalogue's patterns are looked up.
-- in: after bigint (exclusive)
-- out: kind text, name text (each pair once)
select distinct kind, name from events where arrival > $after
