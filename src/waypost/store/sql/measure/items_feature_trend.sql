-- Items of `feature_trend`: days of use of a feature, recent (n) against the same feature's own baseline before that (d).
-- Both in plain counts; the measure scales the baseline to the length of the recent window, so that an even pace gives 1.
-- in: feature text, recent_days integer, baseline_days integer (>= 1), features (frame: feature text, automated_counts boolean),
--     scope (frame: account_id text), since date: items that ended before it are left out, last_on date (inclusive)
-- out: account_id text, side text (n: numerator, d: denominator), item text, value double, from_on date,
--      until_on date (exclusive, null: open), happened_at timestamp, person_id text, detail text

with days as (
  select u.account_id, u.day, sum(u.n) as n, min(u.first_at) as first_at, count(distinct u.person_id) as people
  from usage_daily u
  join features f on f.feature = u.feature and (u.actor = 'human' or f.automated_counts)
  where u.account_id in (select account_id from scope) and u.feature = $feature and u.day <= $last_on
    and u.day >= $since - cast($recent_days as integer) - cast($baseline_days as integer) - 1
  group by u.account_id, u.day
)
select account_id, 'n' as side, cast(day as text) as item, cast(n as double) as value, day as from_on,
  cast(day + cast($recent_days as integer) as date) as until_on, first_at as happened_at, cast(null as text) as person_id,
  cast(people as text) as detail
from days
union all
select account_id, 'd', cast(day as text), cast(n as double),
  cast(day + cast($recent_days as integer) as date),
  cast(day + cast($recent_days as integer) + cast($baseline_days as integer) as date), first_at, null, cast(people as text)
from days
