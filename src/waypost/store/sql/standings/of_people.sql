-- The stored standings of the people of `scope`.
-- in: scope (frame: person_id text)
-- out: the columns of standings
select * from standings where person_id in (select person_id from scope)
