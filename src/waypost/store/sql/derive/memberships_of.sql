-- The stored memberships of the people of `scope`.
-- in: scope (frame: person_id text)
-- out: the columns of memberships
select * from memberships where person_id in (select person_id from scope)
