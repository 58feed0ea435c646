-- Forgets that an import said again what others had said before.
-- in: import_id bigint (>= 1)
-- out: number of rows
delete from said_again where import_id = $import_id
