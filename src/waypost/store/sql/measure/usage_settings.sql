-- Settings with a known value at the cutoff; one item is one setting of one account, with who set it and when.
-- in: of_accounts (frame: subject_id text, account_id text, on_day date: whose use counts for whom, at which cutoff),
--     of_people (frame: subject_id text, person_id text, on_day date: the same for people; one of both is empty),
--     first_on date, last_on date (both inclusive): bounds of all windows, itemised boolean: false gives totals only
-- out: subject_id text, on_day date, actor text (null: whoever acts), side text (n: numerator, d: denominator),
--      item text (null in totals), value double, items bigint, happened_at timestamp, person_id text, account_id text,
--      feature text, detail text

with held as (
  select s.subject_id, s.on_day, c.account_id, c.setting, c.value, c.since_at, c.since_on, c.person_id, c.event_id
  from settings c
  join of_accounts s on s.account_id = c.account_id and c.since_on <= s.on_day and (c.until_on is null or c.until_on > s.on_day)
),
items as (
  select subject_id, on_day, cast(null as text) as actor, 'n' as side, account_id || ' ' || setting as item, 1.0 as value,
    since_at as happened_at, person_id, account_id, setting as feature, value as detail
  from held
)
select subject_id, on_day, actor, side, case when $itemised then item end as item, cast(sum(value) as double) as value,
  count(*) as items, min(happened_at) as happened_at, max(case when $itemised then person_id end) as person_id,
  max(case when $itemised then account_id end) as account_id, max(case when $itemised then feature end) as feature,
  max(case when $itemised then detail end) as detail
from items
group by all
