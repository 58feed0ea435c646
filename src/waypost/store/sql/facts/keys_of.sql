-- The keys of some events, by which the register finds those that may be the same.
-- in: numbered (frame: nr bigint, source text, event_id text)
-- out: nr bigint, key bigint (>= 0)
select nr, cast(hash(source, event_id) >> 1 as bigint) as key from numbered
