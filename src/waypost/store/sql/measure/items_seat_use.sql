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
-- A spell is a run of days no further apart than the window.
begun as (
  select *, case when day - lag(day) over w > $within_days or lag(day) over w is null then 1 else 0 end as begins
  from active
  window w as (partition by account_id, person_id order by day)
),
spells as (
  select *, sum(begins) over (partition by account_id, person_id order by day rows unbounded preceding) as spell from begun
)
select account_id, 'n' as side, person_id as item, 1.0 as value, min(day) as from_on,
  cast(max(day) + cast($within_days as integer) as date) as until_on, min(first_at) as happened_at, person_id, 'active' as detail
from spells
group by account_id, person_id, spell
union all
select account_id, 'd', contract_id, cast(seats as double), since_on, until_on, cast(since_on as timestamp), null, 'seats'
from contracts
where account_id in (select account_id from scope) and not ended and seats > 0 and since_on <= $last_on
