-- The keys of the events between two arrivals, by which the register finds them: hashes of what tells events apart.
-- in: after bigint (exclusive), up_to bigint (inclusive)
-- out: key bigint (>= 0), arrival bigint
select cast(hash(source, event_id) >> 1 as bigint) as key, arrival from events where arrival > $after and arrival <= $up_to
