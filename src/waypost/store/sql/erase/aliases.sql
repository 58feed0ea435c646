-- Every id under which a person is known: their own, and every alias that was joined to it.
-- in: person_id text
-- out: id text
select $person_id as id
union
select alias from identities where person_id = $person_id
