-- The names of some people.
-- in: scope (frame: person_id text)
-- out: person_id text, name text
select person_id, coalesce(name, email, person_id) as name from people
where person_id in (select person_id from scope)
