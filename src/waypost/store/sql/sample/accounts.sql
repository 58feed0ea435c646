-- Which accounts some sources told of.
-- in: sources text[] (names of sources)
-- out: account_id text
select distinct account_id from events where account_id is not null and list_contains($sources, source);
