-- The weekly rhythm of one account's people: days of use by weekday, and how many people were active on how many days.
-- in: account text, cutoff date (inclusive), within_days integer (>= 1)
-- out: part text (weekday: place is 1 (Monday) to 7 and n days of use; active_days: place is days and n people),
--      actor text (human, automated), place integer, n integer (>= 1)
with days as (
  select distinct person_id, day, case when actor = 'human' then 'human' else 'automated' end as actor
  from usage_daily
  where account_id = $account and day <= $cutoff and day > $cutoff - cast($within_days as integer)
)
select 'weekday' as part, actor, cast(isodow(day) as integer) as place, count(*) as n
from days
group by all
union all
select 'active_days', actor, cast(active_days as integer), count(*)
from (select actor, person_id, count(*) as active_days from days group by all)
group by all
