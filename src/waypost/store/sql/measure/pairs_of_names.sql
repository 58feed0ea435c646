-- Every day on which a person did anything of some names.
-- in: names (frame: name text)
-- out: person_id text, day date (each pair once)
select distinct person_id, happened_on as day
from resolved
where person_id is not null and name in (select name from names)
