-- Who did less than it seemed: the people of counts that were taken back by events after an arrival.
-- in: after bigint (exclusive)
-- out: person_id text (each once)
select distinct person_id
from came
where arrival > $after and person_id is not null and arrival in (select arrival from replaced)
