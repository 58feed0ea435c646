-- The counts of use of many subjects in one pass over ninety days: numerator and denominator of each measure it covers.
-- in: of_accounts (frame: subject_id text, account_id text, on_day date: whose use counts for whom, at which cutoff),
--     of_people (frame: subject_id text, person_id text, on_day date: the same for people; one of both is empty),
--     features (frame: feature text, group_name text), first_on date, last_on date (both inclusive): bounds of all windows
-- out: subject_id text, on_day date, actor text, measure text, n double, d double (null: no ratio), items bigint

with used as (
  select s.subject_id, s.on_day, u.person_id, u.feature, u.n,
    case when u.actor = 'human' then 'human' else 'automated' end as actor, cast(s.on_day - u.day as bigint) as age
  from usage_daily u
  join of_accounts s on s.account_id = u.account_id and u.day <= s.on_day and u.day > s.on_day - 90
  where u.day between $first_on and $last_on
  union all
  select s.subject_id, s.on_day, u.person_id, u.feature, u.n,
    case when u.actor = 'human' then 'human' else 'automated' end, cast(s.on_day - u.day as bigint)
  from usage_daily u
  join of_people s on s.person_id = u.person_id and u.day <= s.on_day and u.day > s.on_day - 90
  where u.day between $first_on and $last_on
),
-- Days are bits: bit 0 is the cutoff's day. The first 56 days are in `near`, the 34 before them in `far`; weeks have
-- bits of their own. Two days of one person are one bit, so nothing is counted twice and nothing need be told apart.
marked as (
  select subject_id, on_day, actor, person_id, feature,
    bit_or(case when age < 56 then cast(1 as bigint) << age else cast(0 as bigint) end) as near,
    bit_or(case when age >= 56 then cast(1 as bigint) << (age - 56) else cast(0 as bigint) end) as far,
    bit_or(case when age < 84 then cast(1 as bigint) << (age // 7) else cast(0 as bigint) end) as weeks,
    coalesce(sum(case when age < 28 then n end), 0) as uses_28
  from used
  group by subject_id, on_day, actor, person_id, feature
),
people as (
  select subject_id, on_day, actor, person_id, bit_or(near) as near, bit_or(far) as far, bit_or(weeks) as weeks,
    sum(uses_28) as uses_28
  from marked
  group by subject_id, on_day, actor, person_id
),
counted as (
  select subject_id, on_day, actor,
    bit_count(bit_or(near) & 127) as days_7,
    bit_count(bit_or(near) & 268435455) as days_28,
    bit_count(bit_or(near)) + bit_count(bit_or(far)) as days_90,
    bit_count(bit_or(weeks)) as weeks,
    count(case when near & 1 <> 0 then 1 end) as people_1,
    count(case when near & 127 <> 0 then 1 end) as people_7,
    count(case when near & 268435455 <> 0 then 1 end) as people_28,
    sum(bit_count(near & 127)) as person_days_7,
    sum(bit_count(near & 268435455)) as person_days_28,
    sum(uses_28) as uses_28
  from people
  group by subject_id, on_day, actor
),
feature_days as (
  select m.subject_id, m.on_day, m.actor, m.feature, max(f.group_name) = 'core' as core,
    sum(bit_count(m.near & 268435455)) as days
  from marked m
  left join features f on f.feature = m.feature
  where m.near & 268435455 <> 0
  group by m.subject_id, m.on_day, m.actor, m.feature
),
broad as (
  select subject_id, on_day, actor, count(*) as features, count(case when core then 1 end) as core,
    coalesce(sum(case when core then days end), 0) as core_days
  from feature_days
  group by subject_id, on_day, actor
)
select subject_id, on_day, actor, told.measure, cast(told.n as double) as n, cast(told.d as double) as d, told.items
from (
  select subject_id, on_day, actor, unnest([
    {'measure': 'active_days_7', 'n': days_7, 'd': null, 'items': days_7},
    {'measure': 'active_days_28', 'n': days_28, 'd': null, 'items': days_28},
    {'measure': 'active_days_90', 'n': days_90, 'd': null, 'items': days_90},
    {'measure': 'weeks_active_12', 'n': weeks, 'd': null, 'items': weeks},
    {'measure': 'dau', 'n': people_1, 'd': null, 'items': people_1},
    {'measure': 'wau', 'n': people_7, 'd': null, 'items': people_7},
    {'measure': 'mau', 'n': people_28, 'd': null, 'items': people_28},
    {'measure': 'l7', 'n': person_days_7, 'd': people_7, 'items': people_7},
    {'measure': 'l28', 'n': person_days_28, 'd': people_28, 'items': people_28},
    {'measure': 'stickiness_28', 'n': person_days_28, 'd': people_28, 'items': people_28},
    {'measure': 'uses_per_person_28', 'n': uses_28, 'd': people_28, 'items': people_28}
  ]) as told
  from counted
  union all
  select c.subject_id, c.on_day, c.actor, unnest([
    {'measure': 'uses_28', 'n': c.uses_28, 'd': null, 'items': coalesce(b.features, 0)},
    {'measure': 'features_28', 'n': coalesce(b.features, 0), 'd': null, 'items': coalesce(b.features, 0)},
    {'measure': 'breadth_core_28', 'n': coalesce(b.core, 0), 'd': (select count(*) from features where group_name = 'core'), 'items': coalesce(b.core, 0)},
    {'measure': 'depth_core_28', 'n': coalesce(b.core_days, 0), 'd': coalesce(b.core, 0), 'items': coalesce(b.core, 0)}
  ])
  from counted c
  left join broad b on b.subject_id = c.subject_id and b.on_day = c.on_day and b.actor = c.actor
)
