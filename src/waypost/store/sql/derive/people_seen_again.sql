-- Widens when people were first and last seen by what they used on some days.
-- in: pairs (frame: person_id text, day date), first_on date (inclusive), last_on date (inclusive): bounds of the days in pairs
-- out: number of rows
update people
set first_seen_at = least(people.first_seen_at, seen.first_at), last_seen_at = greatest(people.last_seen_at, seen.last_at)
from (
  select u.person_id, min(u.first_at) as first_at, max(u.last_at) as last_at
  from usage_daily u
  join pairs p on p.person_id = u.person_id and p.day = u.day
  where u.day between $first_on and $last_on and u.actor = 'human'
  group by u.person_id
) seen
where people.person_id = seen.person_id
