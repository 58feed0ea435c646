-- When everybody (or every account) first did each step of a funnel on a day of the span or later, in any order.
-- in: until_at timestamp (exclusive; the end of the span), ends_of_days boolean (the very end of the span counts),
--     since date (inclusive), today date (inclusive), unit text (people or accounts), all_accounts boolean, all_people
--     boolean, role text (null: any), counted (frame: nr integer, feature text, automated_counts boolean: the features of each
--     step), kinds (frame: nr integer, kind text, journey text: the steps that are no use), some_accounts (frame: account_id
--     text), some_people (frame: person_id text), passed (frame: nr integer, milestone text, standing text (null: any)),
--     bounds (frame: day date, starts_at timestamp, ends_at timestamp)
-- out: unit text, entered_at timestamp (the first step done), at_1 to at_6 timestamp (null: never)
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
)
select unit, min(first_at) as entered_at,
  min(first_at) filter (where nr = 1) as at_1,
  min(first_at) filter (where nr = 2) as at_2,
  min(first_at) filter (where nr = 3) as at_3,
  min(first_at) filter (where nr = 4) as at_4,
  min(first_at) filter (where nr = 5) as at_5,
  min(first_at) filter (where nr = 6) as at_6
from marks
where day >= $since
group by unit
having min(first_at) < $until_at or ($ends_of_days and min(first_at) = $until_at)
