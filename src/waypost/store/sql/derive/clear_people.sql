-- Forgets the people of `scope`.
-- in: scope (frame: person_id text)
-- out: number of rows
delete from people where person_id in (select person_id from scope)
