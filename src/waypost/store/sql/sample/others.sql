-- How many events came from other sources than these, without what Waypost itself wrote.
-- in: sources text[] (names of sources)
-- out: n bigint (>= 0)
select count(*) as n from events where source <> 'waypost' and not list_contains($sources, source);
