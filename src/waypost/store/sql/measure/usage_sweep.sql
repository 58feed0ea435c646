-- The counts of use of many subjects in one pass over ninety days: numerator and denominator of each measure it covers.
-- in: of_accounts (frame: subject_id text, account_id text, on_day date: whose use counts for whom, at which cutoff),
--     of_people (frame: subject_id text, person_id text, on_day date: the same for people; one of both is empty),
--     features (frame: feature text, group_name text), first_on date, last_on date (both inclusive): bounds of all windows
-- out: subject_id text, on_day date, actor text, measure text, n double, d double (null: no ratio), items bigint

with used as (
  select s.subject_id, s.on_day, u.day, u.person_id, u.feature, u.n,
    case when u.actor = 'human' then 'human' else 'automated' end as actor, s.on_day - u.day as age
  from usage_daily u
  join of_accounts s on s.account_id = u.account_id and u.day <= s.on_day and u.day > s.on_day - 90
  where u.day between $first_on and $last_on
  union all
  select s.subject_id, s.on_day, u.day, u.person_id, u.feature, u.n,
    case when u.actor = 'human' then 'human' else 'automated' end, s.on_day - u.day
  from usage_daily u
  join of_people s on s.person_id = u.person_id and u.day <= s.on_day and u.day > s.on_day - 90
  where u.day between $first_on and $last_on
),
person_days as (
  select subject_id, on_day, actor, person_id, day, age, sum(n) as n
  from used
  group by all
),
counted as (
  select subject_id, on_day, actor,
    count(distinct case when age < 7 then age end) as days_7,
    count(distinct case when age < 28 then age end) as days_28,
    count(distinct age) as days_90,
    count(distinct case when age < 84 then age // 7 end) as weeks,
    count(distinct case when age < 1 then person_id end) as people_1,
    count(distinct case when age < 7 then person_id end) as people_7,
    count(distinct case when age < 28 then person_id end) as people_28,
    count(case when age < 7 then 1 end) as person_days_7,
    count(case when age < 28 then 1 end) as person_days_28,
    coalesce(sum(case when age < 28 then n end), 0) as uses_28
  from person_days
  group by subject_id, on_day, actor
),
feature_days as (
  select u.subject_id, u.on_day, u.actor, u.feature, f.group_name = 'core' as core, count(distinct (u.person_id, u.day)) as days
  from used u
  left join features f on f.feature = u.feature
  where u.age < 28
  group by all
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
