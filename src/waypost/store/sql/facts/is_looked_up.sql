-- Whether events are stored of which nothing is kept for looking up: a folder of an earlier version.
-- in: nothing
-- out: forgotten boolean (one row)
select exists (select 1 from events) and not exists (select 1 from meetings) as forgotten
