-- The counts of use of many subjects in one pass over ninety days, from which the measures that it covers are made.
-- in: of_accounts (frame: spot integer (a subject at a cutoff), account_id text, on_day date: whose use counts there, at which
--     cutoff), of_people (frame: spot integer, person_id text, on_day date: the same for people; one of both is empty),
--     features (frame: feature text, group_name text), first_on date, last_on date (both inclusive): bounds of all windows
-- out: spot integer, actor text, days_7, days_28, days_90, weeks bigint (with any use, of 84 days in sevens), people_1, people_7,
--     people_28 bigint (who used anything), person_days_7, person_days_28, uses_28, features, core, core_days double (in 28 days:
--     features used, core ones among them, and the days of each person on each of these)
with used as (
  select s.spot, u.person_id, u.feature, u.n,
    case when u.actor = 'human' then 'human' else 'automated' end as actor, cast(s.on_day - u.day as bigint) as age
  from usage_daily u
  join of_accounts s on s.account_id = u.account_id and u.day <= s.on_day and u.day > s.on_day - 90
  where u.day between $first_on and $last_on
  union all
  select s.spot, u.person_id, u.feature, u.n,
    case when u.actor = 'human' then 'human' else 'automated' end, cast(s.on_day - u.day as bigint)
  from usage_daily u
  join of_people s on s.person_id = u.person_id and u.day <= s.on_day and u.day > s.on_day - 90
  where u.day between $first_on and $last_on
),
-- Days are bits: bit 0 is the cutoff's day. The first 56 days are in `near`, the 34 before them in `far`; weeks have
-- bits of their own. Two days of one person are one bit, so nothing is counted twice and nothing need be told apart.
marked as (
  select spot, actor, person_id, feature,
    bit_or(case when age < 56 then cast(1 as bigint) << age else cast(0 as bigint) end) as near,
    bit_or(case when age >= 56 then cast(1 as bigint) << (age - 56) else cast(0 as bigint) end) as far,
    bit_or(case when age < 84 then cast(1 as bigint) << (age // 7) else cast(0 as bigint) end) as weeks,
    coalesce(sum(case when age < 28 then n end), 0) as uses_28
  from used
  group by spot, actor, person_id, feature
),
people as (
  select spot, actor, person_id, bit_or(near) as near, bit_or(far) as far, bit_or(weeks) as weeks,
    sum(uses_28) as uses_28
  from marked
  group by spot, actor, person_id
),
counted as (
  select spot, actor,
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
  group by spot, actor
),
feature_days as (
  select m.spot, m.actor, m.feature, max(f.group_name) = 'core' as core,
    sum(bit_count(m.near & 268435455)) as days
  from marked m
  left join features f on f.feature = m.feature
  where m.near & 268435455 <> 0
  group by m.spot, m.actor, m.feature
),
broad as (
  select spot, actor, count(*) as features, count(case when core then 1 end) as core,
    coalesce(sum(case when core then days end), 0) as core_days
  from feature_days
  group by spot, actor
)
select c.spot, c.actor, c.days_7, c.days_28, c.days_90, c.weeks, c.people_1, c.people_7, c.people_28,
  cast(c.person_days_7 as double) as person_days_7, cast(c.person_days_28 as double) as person_days_28,
  cast(c.uses_28 as double) as uses_28, cast(coalesce(b.features, 0) as double) as features,
  cast(coalesce(b.core, 0) as double) as core, cast(coalesce(b.core_days, 0) as double) as core_days
from counted c
left join broad b on b.spot = c.spot and b.actor = c.actor
