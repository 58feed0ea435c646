-- When everybody (or every account) first did one step of a funnel on a day of the span or later.
-- in: kind text (any, feature, provisioned or milestone), feature text, journey text, since date
--     (inclusive), today date (inclusive), unit text (people or accounts), all_accounts boolean, all_people boolean, role text
--     (null: any), features (frame: feature text, automated_counts boolean), some_accounts (frame: account_id text),
--     some_people (frame: person_id text), passed (frame: milestone text, standing text (null: any)), bounds (frame: day date,
--     starts_at timestamp, ends_at timestamp)
-- out: unit text, reached_at timestamp
with roles as (
  select person_id, account_id
  from memberships
  qualify row_number() over (partition by person_id, account_id order by joined_on desc) = 1 and role = $role
),
-- Every day on which the step was done: when first, when last, and how often. Access begins with its day; a milestone is
-- judged at the end of one.
done as (
  select u.person_id, u.account_id, u.day, u.first_at, u.last_at, u.n
  from usage_daily u
  join features f on f.feature = u.feature and (u.actor = 'human' or f.automated_counts)
  where ($kind = 'any' or ($kind = 'feature' and u.feature = $feature)) and u.day >= $since and u.day <= $today
  union all
  select m.person_id, m.account_id, m.provisioned_on, b.starts_at, b.starts_at, 1
  from memberships m
  join bounds b on b.day = m.provisioned_on
  where $kind = 'provisioned'
  union all
  select s.person_id, s.account_id, s.since_on, b.ends_at, b.ends_at, 1
  from (
    select person_id, account_id, min(since_on) as since_on
    from standings
    where $kind = 'milestone' and journey = $journey
      and exists (
        select 1 from passed where passed.milestone = standings.milestone
          and (passed.standing is null or passed.standing = standings.standing)
      )
    group by person_id, account_id
  ) s
  join bounds b on b.day = s.since_on
),
marks as (
  select case $unit when 'people' then d.person_id else d.account_id end as unit, d.*
  from done d
  where ($all_accounts or d.account_id in (select account_id from some_accounts))
    and ($all_people or d.person_id in (select person_id from some_people))
    and ($role is null or (d.person_id, d.account_id) in (select (person_id, account_id) from roles))
)
select unit, min(first_at) as reached_at from marks where day >= $since group by unit
