-- Items of `breadth`: the features of a group in use within the last days (n) among all features of that group (d), each by
-- its weight (1 in the mean of the group).
-- in: group_name text, within_days integer (>= 1),
--     features (frame: feature text, group_name text, automated_counts boolean, weight double),
--     scope (frame: account_id text), since date: items that ended before it are left out, last_on date (inclusive)
-- out: account_id text, side text (n: numerator, d: denominator), item text, value double, from_on date,
--      until_on date (exclusive, null: open), happened_at timestamp, person_id text, detail text

with active as (
  select u.account_id, u.feature, f.weight, u.day, min(u.first_at) as first_at
  from usage_daily u
  join features f on f.feature = u.feature and f.group_name = $group_name and (u.actor = 'human' or f.automated_counts)
  where u.account_id in (select account_id from scope) and u.day <= $last_on
    and u.day >= $since - cast($within_days as integer)
  group by all
),
begun as (
  select *, case when day - lag(day) over w > $within_days or lag(day) over w is null then 1 else 0 end as begins
  from active
  window w as (partition by account_id, feature order by day)
),
spells as (
  select *, sum(begins) over (partition by account_id, feature order by day rows unbounded preceding) as spell from begun
)
select account_id, 'n' as side, feature as item, weight as value, min(day) as from_on,
  cast(max(day) + cast($within_days as integer) as date) as until_on, min(first_at) as happened_at,
  cast(null as text) as person_id, 'in use' as detail
from spells
group by account_id, feature, weight, spell
union all
select a.account_id, 'd', f.feature, f.weight, a.first_on, null, cast(a.first_on as timestamp), null, 'offered'
from (
  select account_id, min(day) as first_on from usage_daily where account_id in (select account_id from scope) group by account_id
) a
cross join features f
where f.group_name = $group_name and a.first_on <= $last_on
