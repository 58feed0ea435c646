-- The days on which a clause began or ceased to hold, for everyone placed: a running sum of dated steps.
-- A windowed clause forgets each step again when the window has passed; others count from provisioning on.
-- in: placements (frame: person_id, account_id, journey text, version bigint, provisioned_on date),
--     clauses (frame: journey text, version bigint, clause text, kind text (events, quantity, active_days, setting),
--     feature text, setting text, value text, threshold double, window_days bigint (null: since provisioning)),
--     features (frame: feature text, automated_counts boolean), last_on date (inclusive)
-- out: person_id, account_id, journey text, version bigint, clause text, on_day date, holds boolean
with placed as (
  select distinct person_id, account_id, journey, version, provisioned_on from placements
),
-- What counts as use by a person: human use, and automated use of features that allow it.
used as (
  select u.person_id, u.account_id, u.feature, u.day, u.n, u.quantity
  from usage_daily u
  join features f on f.feature = u.feature and (u.actor = 'human' or f.automated_counts)
  where u.person_id in (select person_id from placed) and u.day <= $last_on
),
steps as (
  select p.person_id, p.account_id, p.journey, p.version, c.clause, c.threshold, c.window_days, u.day as on_day,
    sum(case c.kind when 'events' then u.n else coalesce(u.quantity, 0) end) as delta
  from placed p
  join clauses c on c.journey = p.journey and c.version = p.version and c.kind in ('events', 'quantity')
  join used u
    on u.person_id = p.person_id and u.account_id = p.account_id and u.feature = c.feature and u.day >= p.provisioned_on
  group by all
  union all
  select p.person_id, p.account_id, p.journey, p.version, c.clause, c.threshold, c.window_days, u.day, 1
  from placed p
  join clauses c on c.journey = p.journey and c.version = p.version and c.kind = 'active_days'
  join (select distinct person_id, account_id, day from used) u
    on u.person_id = p.person_id and u.account_id = p.account_id and u.day >= p.provisioned_on
  union all
  select p.person_id, p.account_id, p.journey, p.version, c.clause, c.threshold, null, edge.on_day, edge.delta
  from placed p
  join clauses c on c.journey = p.journey and c.version = p.version and c.kind = 'setting'
  join (
    select account_id, setting, value, since_on as on_day, 1.0 as delta from settings
    union all
    select account_id, setting, value, until_on, -1.0 from settings where until_on is not null
  ) edge
    on edge.account_id = p.account_id and edge.setting = c.setting and edge.value = c.value and edge.on_day <= $last_on
),
dated as (
  select person_id, account_id, journey, version, clause, threshold, on_day, delta from steps
  union all
  select person_id, account_id, journey, version, clause, threshold, cast(on_day + cast(window_days as integer) as date), -delta
  from steps
  where window_days is not null
),
daily as (
  select person_id, account_id, journey, version, clause, threshold, on_day, sum(delta) as delta
  from dated
  where on_day <= $last_on
  group by all
),
running as (
  select * exclude (delta, threshold),
    sum(delta) over (
      partition by person_id, account_id, journey, version, clause order by on_day
      rows between unbounded preceding and current row
    ) >= threshold - 1e-9 as holds
  from daily
)
select person_id, account_id, journey, version, clause, on_day, holds
from running
qualify holds is distinct from coalesce(lag(holds) over (partition by person_id, account_id, journey, version, clause order by on_day), false)
