-- When the people of `scope` were first and last seen using anything.
-- in: scope (frame: person_id text)
-- out: number of rows
update people
set first_seen_at = seen.first_at, last_seen_at = seen.last_at
from (
  select person_id, min(first_at) as first_at, max(last_at) as last_at
  from usage_daily
  where person_id in (select person_id from scope) and actor = 'human'
  group by person_id
) seen
where people.person_id = seen.person_id
