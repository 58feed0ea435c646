-- Copies the events that are still an import's to those that hold no longer.
-- in: import_id bigint (>= 1)
-- out: number of rows
insert into undone select * from events where import_id = $import_id
