-- The people with access to one account at the cutoff by what they do with it, the newest of each state.
-- in: account text, cutoff date (inclusive), within_days integer (>= 1), most integer: how many of each state are listed
-- out: state text (active, idle: used before and not within the window, never), total integer (>= 1: people of the state),
--      person_id text, name text, role text, provisioned_on date, last_on date (null: never)
with last as (
  select person_id, max(day) as last_on from usage_daily
  where account_id = $account and actor = 'human' and day <= $cutoff
  group by person_id
),
seated as (
  select m.person_id, max(m.role) as role, min(m.provisioned_on) as provisioned_on, max(l.last_on) as last_on,
    case when max(l.last_on) is null then 'never'
      when max(l.last_on) <= $cutoff - cast($within_days as integer) then 'idle' else 'active' end as state
  from memberships m
  left join last l on l.person_id = m.person_id
  where m.account_id = $account and m.joined_on <= $cutoff and (m.left_on is null or m.left_on > $cutoff)
  group by m.person_id
)
select s.state, count(*) over (partition by s.state) as total, s.person_id, coalesce(p.name, p.email, s.person_id) as name,
  s.role, s.provisioned_on, s.last_on
from seated s
left join people p on p.person_id = s.person_id
qualify row_number() over (partition by s.state order by s.provisioned_on, name, s.person_id) <= $most
order by s.state, s.provisioned_on, name, s.person_id
