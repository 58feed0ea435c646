-- Takes a sample out of the quarantine because it was accepted; no row when another has done so.
-- in: id integer
-- out: nothing
delete from quarantine where id = $id
