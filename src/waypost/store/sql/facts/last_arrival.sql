-- The number of the newest event; 0 when there is none.
-- in: nothing
-- out: arrival bigint (>= 0)
select coalesce(max(arrival), 0) as arrival from events
