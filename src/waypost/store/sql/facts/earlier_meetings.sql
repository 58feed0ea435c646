-- Which ids the events after an arrival show at an account for the first time, or earlier than was known.
-- in: after bigint (exclusive), ours text[] (the kinds of event that tell what Waypost noticed and did)
-- out: id text, is_alias boolean, account_id text (null: none named), by_system boolean, first_at timestamp, first_on date,
--   known boolean (they have met before, but later)
with fresh as (
  select coalesce(person_id, anonymous_id) as id, person_id is null as is_alias, account_id, actor = 'system' as by_system,
    min(happened_at) as first_at, min(happened_on) as first_on
  from events
  where arrival > $after and coalesce(person_id, anonymous_id, account_id) is not null
    and not list_contains($ours, kind)
  group by all
)
select coalesce(f.id, '') as id, f.is_alias, f.account_id, f.by_system, f.first_at, f.first_on,
  m.id is not null as known
from fresh f
left join meetings m
  on m.id = coalesce(f.id, '') and m.is_alias = f.is_alias and m.account_id is not distinct from f.account_id and m.by_system = f.by_system
where m.id is null or f.first_at < m.first_at
