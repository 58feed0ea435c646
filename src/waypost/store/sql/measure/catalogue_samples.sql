-- What some events hold, by their arrival.
-- in: arrivals (frame: arrival bigint), first bigint (inclusive), last bigint (inclusive): bounds of the arrivals
-- out: arrival bigint, properties text
select e.arrival, e.properties
from events e
semi join arrivals a on a.arrival = e.arrival
where e.arrival between $first and $last
