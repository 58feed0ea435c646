-- The days on which a clause began or ceased to hold, for every stay: a running sum of dated steps.
-- A windowed clause forgets each step again when the window has passed; others count from provisioning on.
-- The first day of any use that counts stands in the same answer, as clause -1, and as a calendar day.
-- A stay without a person is that of an account: what anybody there does is its own.
-- in: stays (frame: stay bigint, person_id text (null: the account), account_id text, rulebook_nr bigint (which version of which journey), provisioned_on date),
--     clauses (frame: rulebook_nr bigint, clause bigint, kind text (events, quantity, active_days, people, setting),
--     feature text, setting text, value text, threshold double, window_days bigint (null: since provisioning)),
--     features (frame: feature text, automated_counts boolean), last_on date (inclusive),
--     paused (frame: stay bigint, from_on date, until_on date (exclusive); none overlaps): days that the clock leaves out
-- out: rulebook_nr bigint, stay bigint, clause bigint, on_day date (a clock day: pauses before it left out), holds boolean
with seen as materialized (
  -- What counts as use by a person: human use, and automated use of features that allow it.
  select s.stay, s.rulebook_nr, u.person_id, u.feature, u.day, cast(u.n as double) as n, u.quantity
  from usage_daily u
  join stays s on s.person_id = u.person_id and s.account_id = u.account_id and u.day >= s.provisioned_on
  join features f on f.feature = u.feature and (u.actor = 'human' or f.automated_counts)
  where u.day <= $last_on
  union all
  select s.stay, s.rulebook_nr, u.person_id, u.feature, u.day, cast(u.n as double), u.quantity
  from usage_daily u
  join stays s on s.person_id is null and s.account_id = u.account_id and u.day >= s.provisioned_on
  join features f on f.feature = u.feature and (u.actor = 'human' or f.automated_counts)
  where u.day <= $last_on
),
edges as (
  select s.stay, s.rulebook_nr, c.clause, c.threshold, edge.on_day as day, edge.delta
  from stays s
  join clauses c on c.rulebook_nr = s.rulebook_nr and c.kind = 'setting'
  join (
    select account_id, setting, value, since_on as on_day, 1.0 as delta from settings
    union all
    select account_id, setting, value, until_on, -1.0 from settings where until_on is not null
  ) edge
    on edge.account_id = s.account_id and edge.setting = c.setting and edge.value = c.value and edge.on_day <= $last_on
),
shifts as (
  select d.stay, d.day, sum(greatest(0, least(d.day, p.until_on) - p.from_on)) as paused_days
  from (
    select stay, day from seen where stay in (select stay from paused)
    union
    select stay, day from edges where stay in (select stay from paused)
  ) d
  join paused p on p.stay = d.stay and p.from_on < d.day
  group by d.stay, d.day
),
used as materialized (
  select s.* exclude (day), cast(s.day - coalesce(cast(h.paused_days as integer), 0) as date) as day
  from seen s
  left join shifts h on h.stay = s.stay and h.day = s.day
),
steps as (
  select u.stay, c.clause, c.threshold, c.window_days, u.day as on_day,
    case c.kind when 'events' then u.n else coalesce(u.quantity, 0) end as delta
  from used u
  join clauses c on c.rulebook_nr = u.rulebook_nr and c.feature = u.feature and c.kind in ('events', 'quantity')
  union all
  select u.stay, c.clause, c.threshold, c.window_days, u.day, 1.0::double
  from (select distinct stay, rulebook_nr, day from used) u
  join clauses c on c.rulebook_nr = u.rulebook_nr and c.kind = 'active_days'
  union all
  select e.stay, e.clause, e.threshold, null, cast(e.day - coalesce(cast(h.paused_days as integer), 0) as date), e.delta
  from edges e
  left join shifts h on h.stay = e.stay and h.day = e.day
),
-- The spells in which each person counts for the `people` of an account: runs of days no further apart than the window.
visits as (
  select u.stay, c.clause, c.threshold, c.window_days, u.day,
    lag(u.day) over w as day_before, lead(u.day) over w as day_after
  from (select distinct stay, rulebook_nr, person_id, feature, day from used) u
  join clauses c on c.rulebook_nr = u.rulebook_nr and c.kind = 'people' and (c.feature is null or c.feature = u.feature)
  window w as (partition by u.stay, c.clause, u.person_id order by u.day)
),
dated as (
  -- Stay and clause are one number here: windows over one whole number are many times faster than over two.
  select stay * 1000 + clause as spot, threshold, on_day, delta from steps
  union all
  select stay * 1000 + clause, threshold, cast(on_day + cast(window_days as integer) as date), -delta
  from steps
  where window_days is not null
  union all
  select stay * 1000 + clause, threshold, day, 1.0
  from visits
  where day_before is null or day - day_before > window_days
  union all
  select stay * 1000 + clause, threshold, cast(day + cast(window_days as integer) as date), -1.0
  from visits
  where window_days is not null and (day_after is null or day_after - day > window_days)
),
daily as (
  select spot, on_day, any_value(threshold) as threshold, sum(delta) as delta from dated where on_day <= $last_on group by spot, on_day
),
running as (
  select spot, on_day, delta, threshold,
    sum(delta) over (partition by spot order by on_day rows between unbounded preceding and current row) as total
  from daily
),
flips as (
  select spot // 1000 as stay, spot % 1000 as clause, on_day, total >= threshold - 1e-9 as holds
  from running
  where (total >= threshold - 1e-9) <> (total - delta >= threshold - 1e-9)
  union all
  select stay, -1, min(day), true from seen group by stay
)
select s.rulebook_nr, f.stay, f.clause, f.on_day, f.holds
from flips f
join stays s on s.stay = f.stay
