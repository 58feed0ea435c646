-- When everybody (or every account) who did the first step of a funnel in the span did each step after it, in order.
-- The first and last use of a day tell it but for days on which a step was done both before and after the time of the step
-- before, and more than twice: whoever has such a day on the way is unsure, and their times are looked up in the events.
-- in: again_second, again_third, again_fourth, again_fifth, again_sixth boolean (the step repeats the one before, so it must
--     come later), until_at timestamp (exclusive; the end of the span), ends_of_days boolean (the very end of the span counts),
--     window_days integer,
--     since date (inclusive), today date (inclusive), unit text (people or accounts), all_accounts boolean, all_people
--     boolean, role text (null: any), counted (frame: nr integer, feature text, automated_counts boolean: the features of each
--     step), kinds (frame: nr integer, kind text, journey text: the steps that are no use), some_accounts (frame: account_id
--     text), some_people (frame: person_id text), passed (frame: nr integer, milestone text, standing text (null: any)),
--     bounds (frame: day date, starts_at timestamp, ends_at timestamp)
-- out: unit text, at_1 to at_6 timestamp (null: not done in time, or not known), unsure boolean
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
step_1 as (
  select cast(row_number() over () as integer) as nr_unit, unit, min(first_at) as reached_at
  from marks
  where nr = 1 and day >= $since
  group by unit
  having min(first_at) < $until_at or ($ends_of_days and min(first_at) = $until_at)
),
-- From here on numbers stand for units: they are joined faster than names.
later as materialized (
  select s.nr_unit, m.nr, m.first_at, m.last_at, m.n
  from marks m
  join step_1 s on s.unit = m.unit
  where m.nr > 1 and m.last_at >= s.reached_at and m.first_at <= s.reached_at + to_days(cast($window_days as integer))
),
step_2 as (
  select r.nr_unit,
    min(case
      when m.first_at > r.reached_at or (m.first_at = r.reached_at and not $again_second) then m.first_at
      when m.n = 2 then m.last_at
    end) as reached_at,
    coalesce(bool_or(m.n > 2 and (m.first_at < r.reached_at or (m.first_at = r.reached_at and $again_second))), false) as unsure
  from step_1 r
  join later m on m.nr = 2 and m.nr_unit = r.nr_unit and (m.last_at > r.reached_at or (m.last_at = r.reached_at and not $again_second))
  group by r.nr_unit
),
step_3 as (
  select r.nr_unit,
    min(case
      when m.first_at > r.reached_at or (m.first_at = r.reached_at and not $again_third) then m.first_at
      when m.n = 2 then m.last_at
    end) as reached_at,
    coalesce(bool_or(m.n > 2 and (m.first_at < r.reached_at or (m.first_at = r.reached_at and $again_third))), false) as unsure
  from step_2 r
  join later m on m.nr = 3 and m.nr_unit = r.nr_unit and (m.last_at > r.reached_at or (m.last_at = r.reached_at and not $again_third))
  group by r.nr_unit
),
step_4 as (
  select r.nr_unit,
    min(case
      when m.first_at > r.reached_at or (m.first_at = r.reached_at and not $again_fourth) then m.first_at
      when m.n = 2 then m.last_at
    end) as reached_at,
    coalesce(bool_or(m.n > 2 and (m.first_at < r.reached_at or (m.first_at = r.reached_at and $again_fourth))), false) as unsure
  from step_3 r
  join later m on m.nr = 4 and m.nr_unit = r.nr_unit and (m.last_at > r.reached_at or (m.last_at = r.reached_at and not $again_fourth))
  group by r.nr_unit
),
step_5 as (
  select r.nr_unit,
    min(case
      when m.first_at > r.reached_at or (m.first_at = r.reached_at and not $again_fifth) then m.first_at
      when m.n = 2 then m.last_at
    end) as reached_at,
    coalesce(bool_or(m.n > 2 and (m.first_at < r.reached_at or (m.first_at = r.reached_at and $again_fifth))), false) as unsure
  from step_4 r
  join later m on m.nr = 5 and m.nr_unit = r.nr_unit and (m.last_at > r.reached_at or (m.last_at = r.reached_at and not $again_fifth))
  group by r.nr_unit
),
step_6 as (
  select r.nr_unit,
    min(case
      when m.first_at > r.reached_at or (m.first_at = r.reached_at and not $again_sixth) then m.first_at
      when m.n = 2 then m.last_at
    end) as reached_at,
    coalesce(bool_or(m.n > 2 and (m.first_at < r.reached_at or (m.first_at = r.reached_at and $again_sixth))), false) as unsure
  from step_5 r
  join later m on m.nr = 6 and m.nr_unit = r.nr_unit and (m.last_at > r.reached_at or (m.last_at = r.reached_at and not $again_sixth))
  group by r.nr_unit
)
select s.unit, s.reached_at as at_1,
  step_2.reached_at as at_2,
  step_3.reached_at as at_3,
  step_4.reached_at as at_4,
  step_5.reached_at as at_5,
  step_6.reached_at as at_6,
  coalesce(step_2.unsure, false) or coalesce(step_3.unsure, false) or coalesce(step_4.unsure, false)
    or coalesce(step_5.unsure, false) or coalesce(step_6.unsure, false) as unsure
from step_1 s
left join step_2 on step_2.nr_unit = s.nr_unit
left join step_3 on step_3.nr_unit = s.nr_unit
left join step_4 on step_4.nr_unit = s.nr_unit
left join step_5 on step_5.nr_unit = s.nr_unit
left join step_6 on step_6.nr_unit = s.nr_unit
