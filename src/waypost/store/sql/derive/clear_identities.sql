-- Forgets every alias, before they are found anew.
-- in: nothing
-- out: number of rows
delete from identities
