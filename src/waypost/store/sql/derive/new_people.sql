-- Which people of `scope` have no row yet.
-- in: scope (frame: person_id text)
-- out: person_id text
select person_id from scope where not exists (select 1 from people p where p.person_id = scope.person_id)
