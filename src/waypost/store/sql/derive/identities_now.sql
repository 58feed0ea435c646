-- Whom every alias belongs to.
-- in: nothing
-- out: alias text, person_id text
select alias, person_id from identities
