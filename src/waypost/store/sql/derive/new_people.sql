-- Which people of `scope` have no row yet.
-- in: scope (frame: person_id text)
-- out: person_id text
select person_id from scope where person_id not in (select person_id from people)
