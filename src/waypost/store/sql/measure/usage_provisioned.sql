-- People with access at the cutoff by what they do with it: active, idle (used before, not within the last days) or never.
-- in: state text (active, idle, never; null: everybody), within_days integer (>= 1),
--     of_accounts (frame: subject_id text, account_id text, on_day date: whose use counts for whom, at which cutoff),
--     of_people (frame: subject_id text, person_id text, on_day date: the same for people; one of both is empty),
--     first_on date, last_on date (both inclusive): bounds of all windows, itemised boolean: false gives totals only
-- out: subject_id text, on_day date, actor text (null: whoever acts), side text (n: numerator, d: denominator),
--      item text (null in totals), value double, items bigint, happened_at timestamp, person_id text, account_id text,
--      feature text, detail text

with seated as (
  select s.subject_id, s.on_day, m.person_id, max(m.account_id) as account_id, min(m.provisioned_at) as provisioned_at,
    max(m.role) as role
  from memberships m
  join of_accounts s on s.account_id = m.account_id and m.joined_on <= s.on_day and (m.left_on is null or m.left_on > s.on_day)
  group by s.subject_id, s.on_day, m.person_id
),
last as (
  select s.subject_id, s.on_day, u.person_id, max(u.day) as last_on
  from usage_daily u
  join of_accounts s on s.account_id = u.account_id and u.day <= s.on_day
  where u.actor = 'human' and u.day between $first_on and $last_on
  group by s.subject_id, s.on_day, u.person_id
),
stated as (
  select p.*, l.last_on,
    case when l.last_on is null then 'never' when l.last_on <= p.on_day - cast($within_days as integer) then 'idle' else 'active' end
      as state
  from seated p
  left join last l on l.subject_id = p.subject_id and l.on_day = p.on_day and l.person_id = p.person_id
),
items as (
  select subject_id, on_day, cast(null as text) as actor, 'n' as side, person_id as item, 1.0 as value,
    provisioned_at as happened_at, person_id, account_id, cast(null as text) as feature,
    coalesce(role || ', ', '') || case state when 'never' then 'never used' else 'last use on ' || last_on end as detail
  from stated
  where $state is null or state = $state
)
select subject_id, on_day, actor, side, case when $itemised then item end as item, cast(sum(value) as double) as value,
  count(*) as items, min(happened_at) as happened_at, max(case when $itemised then person_id end) as person_id,
  max(case when $itemised then account_id end) as account_id, max(case when $itemised then feature end) as feature,
  max(case when $itemised then detail end) as detail
from items
group by all
