-- Takes the events that are still an import's out of those that hold.
-- in: import_id bigint (>= 1)
-- out: number of rows
delete from events where import_id = $import_id
