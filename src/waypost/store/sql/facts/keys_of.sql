-- The keys of some events, by which the register finds those that may be the same.
-- in: fresh (frame: source text, event_id text)
-- out: key bigint (>= 0)
select cast(hash(source, event_id) >> 1 as bigint) as key from fresh
