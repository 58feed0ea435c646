-- Every e-mail address that a person's events ever named.
-- in: ids (frame: id text)
-- out: address text
select distinct lower(properties ->> '$.email') as address
from events
where (person_id in (select id from ids) or anonymous_id in (select id from ids)) and (properties ->> '$.email') is not null
