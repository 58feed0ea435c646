-- Under which of some e-mail addresses, which systems that know no other id tell of people, nobody else is known.
-- in: ids (frame: id text; all of one person), addresses (frame: address text)
-- out: id text (as events have it)
select distinct e.person_id as id
from events e
join addresses a on lower(e.person_id) = a.address
where e.person_id not in (select alias from identities where person_id not in (select id from ids))
