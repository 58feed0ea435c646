-- Forgets meetings that turned out to be earlier.
-- in: earlier (frame: id text, is_alias boolean, account_id text, by_system boolean)
-- out: number of rows
delete from meetings
where exists (
  select 1 from earlier e
  where e.id = meetings.id and e.is_alias = meetings.is_alias and e.account_id is not distinct from meetings.account_id
    and e.by_system = meetings.by_system
)
