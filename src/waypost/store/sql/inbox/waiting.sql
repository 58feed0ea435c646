-- How many events wait after a position.
-- in: after integer (exclusive)
-- out: n integer (>= 0)
select coalesce(sum(n), 0) as n from chunks where position > $after
