-- Items of `seat_use`: the people active within the last days (n) among the seats of the contract (d).
-- in: within_days integer (>= 1), features (frame: feature text, automated_counts boolean),
--     scope (frame: account_id text), since date: items that ended before it are left out, last_on date (inclusive)
-- out: account_id text, side text (n: numerator, d: denominator), item text, value double, from_on date,
--      until_on date (exclusive, null: open), happened_at timestamp, person_id text, detail text

with active as (
  select u.account_id, u.person_id, u.day, min(u.first_at) as first_at
  from usage_daily u
  join features f on f.feature = u.feature and (u.actor = 'human' or f.automated_counts)
  where u.account_id in (select account_id from scope) and u.day <= $last_on
    and u.day >= $since - cast($within_days as integer)
  group by all
),
-- A spell is a run of days no further apart than the window: its first and last days stand out.
numbered as (
  select account_id, person_id, row_number() over () as pair from (select distinct account_id, person_id from active)
),
edges as (
  select n.pair, a.day, a.first_at,
    coalesce(a.day - lag(a.day) over w > $within_days, true) as begins, coalesce(lead(a.day) over w - a.day > $within_days, true) as ends
  from active a
  join numbered n on n.account_id = a.account_id and n.person_id = a.person_id
  window w as (partition by n.pair order by a.day)
),
spells as (
  select pair, day as from_on, first_at, begins,
    case when ends then day else lead(day) over (partition by pair order by day) end as last_on
  from edges
  where begins or ends
)
select n.account_id, 'n' as side, n.person_id as item, 1.0 as value, s.from_on,
  cast(s.last_on + cast($within_days as integer) as date) as until_on, s.first_at as happened_at, n.person_id, 'active' as detail
from spells s
join numbered n on n.pair = s.pair
where s.begins
union all
select account_id, 'd', contract_id, cast(seats as double), since_on, until_on, cast(since_on as timestamp), null, 'seats'
from contracts
where account_id in (select account_id from scope) and not ended and seats > 0 and since_on <= $last_on
