-- Days of use by weekday: each person and day counts once; one item is one weekday, 1 (Monday) to 7.
-- in: within_days integer (>= 1),
--     of_accounts (frame: subject_id text, account_id text, on_day date: whose use counts for whom, at which cutoff),
--     of_people (frame: subject_id text, person_id text, on_day date: the same for people; one of both is empty),
--     first_on date, last_on date (both inclusive): bounds of all windows, itemised boolean: false gives totals only
-- out: subject_id text, on_day date, actor text (null: whoever acts), side text (n: numerator, d: denominator),
--      item text (null in totals), value double, items bigint, happened_at timestamp, person_id text, account_id text,
--      feature text, detail text

with used as (
  select s.subject_id, s.on_day, u.day, u.account_id, u.person_id, u.feature, u.n, u.quantity, u.first_at, u.last_at,
    case when u.actor = 'human' then 'human' else 'automated' end as actor
  from usage_daily u
  join of_accounts s on s.account_id = u.account_id and u.day <= s.on_day and u.day > s.on_day - cast($within_days as integer)
  where u.day between $first_on and $last_on
  union all
  select s.subject_id, s.on_day, u.day, u.account_id, u.person_id, u.feature, u.n, u.quantity, u.first_at, u.last_at,
    case when u.actor = 'human' then 'human' else 'automated' end
  from usage_daily u
  join of_people s on s.person_id = u.person_id and u.day <= s.on_day and u.day > s.on_day - cast($within_days as integer)
  where u.day between $first_on and $last_on
),
items as (
  select subject_id, on_day, actor, 'n' as side, cast(isodow(day) as text) as item,
    cast(count(distinct (person_id, day)) as double) as value, max(last_at) as happened_at, cast(null as text) as person_id,
    cast(null as text) as account_id, cast(null as text) as feature, count(distinct person_id) || ' people' as detail
  from used
  group by subject_id, on_day, actor, isodow(day)
)
select subject_id, on_day, actor, side, case when $itemised then item end as item, cast(sum(value) as double) as value,
  count(*) as items, min(happened_at) as happened_at, max(case when $itemised then person_id end) as person_id,
  max(case when $itemised then account_id end) as account_id, max(case when $itemised then feature end) as feature,
  max(case when $itemised then detail end) as detail
from items
group by all
