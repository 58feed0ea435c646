-- What is known of people (or accounts): tier and region of their account, role, and the month in which they got access.
-- A person of several accounts counts with the one joined last.
-- in: unit text (people or accounts), units (frame: unit text)
-- out: unit text, tier text, region text, role text (null for accounts), month text (YYYY-MM)
with belonging as (
  select case $unit when 'people' then m.person_id else m.account_id end as unit, m.account_id,
    case $unit when 'people' then m.role end as role, m.joined_on, m.provisioned_on
  from memberships m
),
homes as (
  select b.unit, b.account_id, b.role, min(b.provisioned_on) over (partition by b.unit) as began_on
  from belonging b
  where b.unit in (select unit from units)
  qualify row_number() over (partition by b.unit order by b.joined_on desc, b.account_id) = 1
)
select u.unit, a.tier, a.region, h.role, strftime(h.began_on, '%Y-%m') as month
from units u
left join homes h on h.unit = u.unit
left join accounts a on a.account_id = coalesce(h.account_id, case $unit when 'accounts' then u.unit end)
