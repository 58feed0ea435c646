-- When those whose day does not tell did a step for the first time at or after (after, when `again`) an instant of that day.
-- in: again boolean, kind text (any or feature), feature text, since date (inclusive), today date (inclusive), unit text (people
--     or accounts), all_accounts boolean, all_people boolean, role text (null: any), features (frame: feature text,
--     automated_counts boolean), some_accounts (frame: account_id text), some_people (frame: person_id text), rules (frame:
--     feature, name, kind, source, actor, alternatives), unsure (frame: unit text, reached_at timestamp)
-- out: unit text, next_at timestamp
with roles as (
  select person_id, account_id
  from memberships
  qualify row_number() over (partition by person_id, account_id order by joined_on desc) = 1 and role = $role
),
-- The rolled-up days that hold the instant: their events are few.
days as (
  select distinct case $unit when 'people' then u.person_id else u.account_id end as unit, s.reached_at, u.person_id,
    u.account_id, u.day
  from usage_daily u
  join unsure s on s.unit = case $unit when 'people' then u.person_id else u.account_id end
    and u.first_at <= s.reached_at and u.last_at >= s.reached_at
  join features f on f.feature = u.feature and (u.actor = 'human' or f.automated_counts)
  where u.n > 2 and ($kind = 'any' or u.feature = $feature) and u.day >= $since and u.day <= $today
    and ($all_accounts or u.account_id in (select account_id from some_accounts))
    and ($all_people or u.person_id in (select person_id from some_people))
    and ($role is null or (u.person_id, u.account_id) in (select (person_id, account_id) from roles))
),
-- Where each person belonged on each day, for events that name no account.
homes as (
  select p.person_id, p.day, m.account_id
  from (select distinct person_id, day from days) p
  join memberships m on m.person_id = p.person_id and m.joined_on <= p.day and (m.left_on is null or m.left_on > p.day)
  qualify row_number() over (partition by p.person_id, p.day order by m.joined_on desc, m.account_id) = 1
),
meant as (
  select e.person_id, e.happened_on as day, e.happened_at, coalesce(e.account_id, h.account_id) as account_id
  from resolved e
  join rules r
    on r.name = e.name and (r.kind is null or r.kind = e.kind) and (r.source is null or r.source = e.source)
    and (r.alternatives is null or meant_by(r.alternatives, e.kind, e.source, e.properties) is not null)
  join features f on f.feature = r.feature and (f.automated_counts or 'human' = coalesce(
    case when r.alternatives is null then r.actor else meant_by(r.alternatives, e.kind, e.source, e.properties).actor end, e.actor
  ))
  left join homes h on h.person_id = e.person_id and h.day = e.happened_on
  where e.happened_on between (select min(day) from days) and (select max(day) from days)
    and e.person_id in (select person_id from days) and ($kind = 'any' or r.feature = $feature)
)
select d.unit, min(e.happened_at) as next_at
from days d
join meant e on e.person_id = d.person_id and e.account_id = d.account_id and e.day = d.day
  and (e.happened_at > d.reached_at or (e.happened_at = d.reached_at and not $again))
group by d.unit
