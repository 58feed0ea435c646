-- Forgets the standings of the people of `scope`.
-- in: scope (frame: person_id text)
-- out: number of rows
delete from standings where person_id in (select person_id from scope)
