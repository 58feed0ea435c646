-- Settings at their wanted value (n) among all that have one (d), of accounts of which any setting was seen.
-- in: wanted (frame: setting text, value text),
--     of_accounts (frame: subject_id text, account_id text, on_day date: whose use counts for whom, at which cutoff),
--     of_people (frame: subject_id text, person_id text, on_day date: the same for people; one of both is empty),
--     first_on date, last_on date (both inclusive): bounds of all windows, itemised boolean: false gives totals only
-- out: subject_id text, on_day date, actor text (null: whoever acts), side text (n: numerator, d: denominator),
--      item text (null in totals), value double, items bigint, happened_at timestamp, person_id text, account_id text,
--      feature text, detail text

with held as (
  select s.subject_id, s.on_day, c.account_id, c.setting, c.value, c.since_at, c.since_on, c.person_id, c.event_id, c.until_on
  from settings c
  join of_accounts s on s.account_id = c.account_id and c.since_on <= s.on_day
),
items as (
  select h.subject_id, h.on_day, cast(null as text) as actor, 'n' as side, h.account_id || ' ' || h.setting as item,
    1.0 as value, h.since_at as happened_at, h.person_id, h.account_id, h.setting as feature, h.value as detail
  from held h
  join wanted w on w.setting = h.setting and w.value = h.value
  where h.until_on is null or h.until_on > h.on_day
  union all
  select h.subject_id, h.on_day, null, 'd', h.account_id || ' ' || w.setting, 1.0, null, null, h.account_id, w.setting, w.value
  from (select distinct subject_id, on_day, account_id from held) h
  cross join wanted w
)
select subject_id, on_day, actor, side, case when $itemised then item end as item, cast(sum(value) as double) as value,
  count(*) as items, min(happened_at) as happened_at, max(case when $itemised then person_id end) as person_id,
  max(case when $itemised then account_id end) as account_id, max(case when $itemised then feature end) as feature,
  max(case when $itemised then detail end) as detail
from items
group by all
