-- Forgets who said an event again that is not there any more.
-- in: nothing
-- out: number of rows
delete from said_again
where not exists (select 1 from events e where e.source = said_again.source and e.event_id = said_again.event_id)
