-- The names of some people.
-- in: people list of text
-- out: person_id text, name text
select person_id, coalesce(name, email, person_id) as name from people
where person_id in (select unnest($people))
