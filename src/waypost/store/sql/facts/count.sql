-- How many events are stored up to an arrival.
-- in: up_to bigint (inclusive)
-- out: n bigint (one row)
select count(*) as n from events where arrival <= $up_to
