-- The number of the newest event that there ever was; 0 when there was none.
-- in: nothing
-- out: arrival bigint (>= 0)
select coalesce(max(position), 0) as arrival from progress where name = 'arrived'
