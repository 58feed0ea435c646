-- Rows that query sources read from the product's database within the last days; one item is one event name.
-- in: within_days integer (>= 1),
--     of_accounts (frame: subject_id text, account_id text, on_day date: whose use counts for whom, at which cutoff),
--     of_people (frame: subject_id text, person_id text, on_day date: the same for people; one of both is empty),
--     first_on date, last_on date (both inclusive): bounds of all windows, itemised boolean: false gives totals only
-- out: subject_id text, on_day date, actor text (null: whoever acts), side text (n: numerator, d: denominator),
--      item text (null in totals), value double, items bigint, happened_at timestamp, person_id text, account_id text,
--      feature text, detail text

with told as (
  select e.arrival, e.name, e.person_id, e.account_id, e.happened_at, e.happened_on,
    case when e.actor = 'human' then 'human' else 'automated' end as actor
  from resolved e
  where e.happened_on between $first_on and $last_on and e.kind = 'row'
    and (e.person_id in (select person_id from of_people) or e.account_id in (select account_id from of_accounts)
      or (e.account_id is null and e.person_id in (
        select m.person_id from memberships m where m.account_id in (select account_id from of_accounts))))
),
placed as (
  select t.* replace (coalesce(t.account_id, m.account_id) as account_id)
  from told t
  left join memberships m
    on m.person_id = case when t.account_id is null then t.person_id end and m.joined_on <= t.happened_on
    and coalesce(m.left_on, date '9999-12-31') > t.happened_on
  where coalesce(t.account_id, m.account_id) is not null
  qualify row_number() over (partition by t.arrival order by m.joined_on desc, m.account_id) = 1
),
seen as (
  select s.subject_id, s.on_day, p.*
  from placed p
  join of_accounts s on s.account_id = p.account_id and p.happened_on <= s.on_day
    and p.happened_on > s.on_day - cast($within_days as integer)
  union all
  select s.subject_id, s.on_day, p.*
  from placed p
  join of_people s on s.person_id = p.person_id and p.happened_on <= s.on_day
    and p.happened_on > s.on_day - cast($within_days as integer)
),
items as (
  select subject_id, on_day, actor, 'n' as side, name as item, cast(count(*) as double) as value,
    max(happened_at) as happened_at, cast(null as text) as person_id, cast(null as text) as account_id,
    cast(null as text) as feature, count(distinct person_id) || ' people' as detail
  from seen
  group by subject_id, on_day, actor, name
)
select subject_id, on_day, actor, side, case when $itemised then item end as item, cast(sum(value) as double) as value,
  count(*) as items, min(happened_at) as happened_at, max(case when $itemised then person_id end) as person_id,
  max(case when $itemised then account_id end) as account_id, max(case when $itemised then feature end) as feature,
  max(case when $itemised then detail end) as detail
from items
group by all
