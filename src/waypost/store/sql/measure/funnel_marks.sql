-- Every day on which the steps of a funnel were done: when first, when last, and how often. Access begins with its day; a
-- milestone is judged at the end of one.
-- in: since date (inclusive), today date (inclusive), unit text (people or accounts), all_accounts boolean, all_people
--     boolean, role text (null: any), all_units boolean, portions integer (>= 1), portion integer (from 0: which of the portions of the units),
--     counted (frame: nr integer, feature text, automated_counts boolean: the features of each step), kinds (frame: nr
--     integer, kind text, journey text: the steps that are no use), some_accounts (frame: account_id text), some_people
--     (frame: person_id text), passed (frame: nr integer, milestone text, standing text (null: any)), bounds (frame: day date,
--     starts_at timestamp, ends_at timestamp), some_units (frame: unit text: whose marks, unless those of all_units)
-- out: unit text, nr integer, first_at timestamp, last_at timestamp, n bigint
with roles as (
  select person_id, account_id
  from memberships
  qualify row_number() over (partition by person_id, account_id order by joined_on desc) = 1 and role = $role
),
-- Asked before the others: as a part of their union, DuckDB 1.5 waited for ever for it over very many standings.
passed_on as materialized (
  select k.nr, t.person_id, t.account_id, min(t.since_on) as since_on
  from standings t
  join kinds k on k.kind = 'milestone' and k.journey = t.journey
  join passed p on p.nr = k.nr and p.milestone = t.milestone and (p.standing is null or p.standing = t.standing)
  group by k.nr, t.person_id, t.account_id
),
marks as (
  select case $unit when 'people' then d.person_id else d.account_id end as unit, d.nr, d.first_at, d.last_at, d.n
  from (
    select c.nr, u.person_id, u.account_id, u.first_at, u.last_at, u.n
    from usage_daily u
    join counted c on c.feature = u.feature and (u.actor = 'human' or c.automated_counts)
    where u.day >= $since and u.day <= $today
    union all
    select k.nr, m.person_id, m.account_id, b.starts_at, b.starts_at, 1
    from memberships m
    join kinds k on k.kind = 'provisioned'
    join bounds b on b.day = m.provisioned_on
    union all
    select s.nr, s.person_id, s.account_id, b.ends_at, b.ends_at, 1
    from passed_on s
    join bounds b on b.day = s.since_on
  ) d
  where ($all_accounts or d.account_id in (select account_id from some_accounts))
    and ($all_people or d.person_id in (select person_id from some_people))
    and ($role is null or (d.person_id, d.account_id) in (select (person_id, account_id) from roles))
)
select unit, nr, first_at, last_at, n
from marks
where ($all_units or unit in (select unit from some_units))
  and ($portions = 1 or abs(cast(hash(unit) % 1000003 as bigint)) % $portions = $portion)
