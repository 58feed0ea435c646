-- Every time at which those whose days do not tell did a step, from entering on: the first and last of each day, and all that lie
-- between where there are more than two, from the events.
-- in: window_days integer, rules (frame: feature, name, kind, source, actor, alternatives), unsure (frame: unit text, entered_at
--     timestamp), since date (inclusive), today date (inclusive), unit text (people or accounts), all_accounts boolean, all_people
--     boolean, role text (null: any), counted (frame: nr integer, feature text, automated_counts boolean: the features of each
--     step), kinds (frame: nr integer, kind text, journey text: the steps that are no use), some_accounts (frame: account_id
--     text), some_people (frame: person_id text), passed (frame: nr integer, milestone text, standing text (null: any)),
--     bounds (frame: day date, starts_at timestamp, ends_at timestamp)
-- out: unit text, nr integer, reached_at timestamp
with roles as (
  select person_id, account_id
  from memberships
  qualify row_number() over (partition by person_id, account_id order by joined_on desc) = 1 and role = $role
),
-- Every day on which a step was done: when first, when last, and how often. Access begins with its day; a milestone is
-- judged at the end of one.
marks as not materialized (
  select case $unit when 'people' then d.person_id else d.account_id end as unit, d.*
  from (
    select c.nr, u.person_id, u.account_id, u.day, u.first_at, u.last_at, u.n
    from usage_daily u
    join counted c on c.feature = u.feature and (u.actor = 'human' or c.automated_counts)
    where u.day >= $since and u.day <= $today
    union all
    select k.nr, m.person_id, m.account_id, m.provisioned_on, b.starts_at, b.starts_at, 1
    from memberships m
    join kinds k on k.kind = 'provisioned'
    join bounds b on b.day = m.provisioned_on
    union all
    select s.nr, s.person_id, s.account_id, s.since_on, b.ends_at, b.ends_at, 1
    from (
      select k.nr, t.person_id, t.account_id, min(t.since_on) as since_on
      from standings t
      join kinds k on k.kind = 'milestone' and k.journey = t.journey
      where (k.nr, t.milestone, t.standing) in (select (nr, milestone, standing) from passed where standing is not null)
        or (k.nr, t.milestone) in (select (nr, milestone) from passed where standing is null)
      group by k.nr, t.person_id, t.account_id
    ) s
    join bounds b on b.day = s.since_on
  ) d
  where ($all_accounts or d.account_id in (select account_id from some_accounts))
    and ($all_people or d.person_id in (select person_id from some_people))
    and ($role is null or (d.person_id, d.account_id) in (select (person_id, account_id) from roles))
),
days as materialized (
  select m.*
  from marks m
  join unsure s on s.unit = m.unit
  where m.last_at >= s.entered_at and m.first_at <= s.entered_at + to_days(cast($window_days as integer))
),
full_days as (
  select distinct unit, person_id, account_id, day from days where n > 2
),
ids as (
  select person_id as id, person_id, false as is_alias
  from (select distinct person_id from full_days)
  where person_id not in (select alias from identities)
  union all
  select alias, person_id, true from identities where person_id in (select person_id from full_days)
),
-- Where each person belonged on each day, for events that name no account.
homes as (
  select p.person_id, p.day, m.account_id
  from (select distinct person_id, day from full_days) p
  join memberships m on m.person_id = p.person_id and m.joined_on <= p.day and (m.left_on is null or m.left_on > p.day)
  qualify row_number() over (partition by p.person_id, p.day order by m.joined_on desc, m.account_id) = 1
),
meant as (
  select i.person_id, e.happened_on as day, e.happened_at, e.account_id, c.nr
  from events e
  join ids i on i.id = coalesce(e.person_id, e.anonymous_id) and (e.person_id is not null or i.is_alias)
  join rules r
    on r.name = e.name and (r.kind is null or r.kind = e.kind) and (r.source is null or r.source = e.source)
    and (r.alternatives is null or meant_by(r.alternatives, e.kind, e.source, e.properties) is not null)
  join counted c on c.feature = r.feature and (c.automated_counts or 'human' = coalesce(
    case when r.alternatives is null then r.actor else meant_by(r.alternatives, e.kind, e.source, e.properties).actor end, e.actor
  ))
  where e.happened_on >= (select min(day) from full_days) and e.happened_on <= (select max(day) from full_days)
)
select unit, nr, first_at as reached_at from days
union all
select unit, nr, last_at from days
union all
select d.unit, e.nr, e.happened_at
from full_days d
join meant e on e.person_id = d.person_id and e.day = d.day
left join homes h on h.person_id = e.person_id and h.day = e.day
where coalesce(e.account_id, h.account_id) = d.account_id
