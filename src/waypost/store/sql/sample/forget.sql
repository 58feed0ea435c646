-- Forgets the events of some sources, and what Waypost wrote about their accounts.
-- in: sources text[] (names of sources), accounts text[] (account ids)
-- out: the number of events forgotten
delete from events
where list_contains($sources, source) or (source = 'waypost' and list_contains($accounts, account_id));
