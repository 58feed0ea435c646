-- Forgets who said an event again, where it has become theirs.
-- in: nothing
-- out: number of rows
delete from said_again
where exists (
  select 1 from events e
  where e.source = said_again.source and e.event_id = said_again.event_id and coalesce(e.import_id, 0) = said_again.import_id
)
