-- Names of people (or accounts) of a list: what they are, and to which account they belong (the one joined last).
-- in: unit text (people or accounts), units (frame: nr integer, unit text)
-- out: nr integer, unit text, name text, title text, role text (or the account's tier), account_id text, account text, last_seen_at timestamp
with homes as (
  select person_id, account_id, role
  from memberships
  where $unit = 'people' and person_id in (select unit from units)
  qualify row_number() over (partition by person_id order by joined_on desc, account_id) = 1
),
seen as (
  select account_id, max(last_seen_at) as last_seen_at
  from (select distinct account_id, person_id from memberships where $unit = 'accounts' and account_id in (select unit from units)) m
  join people p on p.person_id = m.person_id
  group by account_id
)
select u.nr, u.unit, coalesce(p.name, p.email, case when $unit = 'accounts' then a.name end, u.unit) as name,
  p.title, case when $unit = 'accounts' then a.tier else h.role end as role, a.account_id, a.name as account,
  coalesce(p.last_seen_at, s.last_seen_at) as last_seen_at
from units u
left join people p on $unit = 'people' and p.person_id = u.unit
left join homes h on h.person_id = u.unit
left join accounts a on a.account_id = case when $unit = 'accounts' then u.unit else h.account_id end
left join seen s on s.account_id = u.unit
order by u.nr
