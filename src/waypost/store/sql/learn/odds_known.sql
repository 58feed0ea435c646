-- What was known on the morning of a day of people, and of accounts on journeys of accounts: only what happened before it.
-- Days since, of and within are those of the clock, which pauses stop.
-- in: cases (frame: case_nr bigint, stay bigint, journey text, version bigint, milestone text, on_day date, clock_on date (the same
--       day with the pauses before it left out), clock_0 date (day 0 of the journey, told likewise)),
--     stays (frame: stay bigint, person_id text (null: the account, of which anybody's use is its own), account_id text),
--     paused (frame: stay bigint, from_on date, until_on date (exclusive); none of a stay overlaps),
--     parts (frame: journey text, version bigint, milestone text, clause text, kind text (events, quantity, active_days, people, setting,
--       group), feature text, threshold double, window_days bigint (null: since day 0)): every clause that is not optional,
--     features (frame: feature text, automated_counts boolean), since date (inclusive; nothing earlier matters to any case)
-- out: case_nr bigint, age_days bigint (since day 0), role text, tier text, share_met double, part_done
--   double (0 to 1), active_7 bigint, active_28 bigint (days with use), days_since bigint (since the last use; null: none in 28 days)
with belonging as (
  select s.stay, m.role, m.provisioned_on, m.joined_on, coalesce(m.left_on, date '9999-12-31') as left_on
  from stays s
  join memberships m on m.person_id = s.person_id and m.account_id = s.account_id
  union all
  select s.stay, null, min(m.provisioned_on), min(m.joined_on), date '9999-12-31'
  from stays s
  join memberships m on s.person_id is null and m.account_id = s.account_id
  group by s.stay
),
home as (
  select c.case_nr, arg_max(b.role, (b.joined_on, b.provisioned_on)) as role
  from cases c
  join belonging b on b.stay = c.stay and b.joined_on < c.on_day and b.left_on >= c.on_day
  group by c.case_nr
),
seen as materialized (
  select s.stay, u.person_id, u.feature, u.day, cast(u.n as double) as n, coalesce(u.quantity, 0) as quantity
  from stays s
  join usage_daily u on u.person_id = s.person_id and u.account_id = s.account_id and u.day >= $since
  join features f on f.feature = u.feature and (u.actor = 'human' or f.automated_counts)
  union all
  select s.stay, u.person_id, u.feature, u.day, cast(u.n as double), coalesce(u.quantity, 0)
  from stays s
  join usage_daily u on s.person_id is null and u.account_id = s.account_id and u.day >= $since
  join features f on f.feature = u.feature and (u.actor = 'human' or f.automated_counts)
),
shifts as (
  select d.stay, d.day, cast(sum(greatest(0, least(d.day, p.until_on) - p.from_on)) as integer) as paused_days
  from (select distinct stay, day from seen where stay in (select stay from paused)) d
  join paused p on p.stay = d.stay and p.from_on < d.day
  group by d.stay, d.day
),
used as materialized (
  select s.* exclude (day), s.day - coalesce(h.paused_days, 0) as day
  from seen s
  left join shifts h on h.stay = s.stay and h.day = s.day
),
-- Stay and day are one number here: to tell apart and join one is many times faster than two.
used_days as materialized (
  select spot // 100000 as stay, date '1970-01-01' + cast(spot % 100000 as integer) as day
  from (select distinct stay * 100000 + (day - date '1970-01-01') as spot from used)
),
rhythm as (
  select c.case_nr, count(*) filter (u.day >= c.clock_on - 7) as active_7, count(*) as active_28, max(u.day) as last_on
  from cases c
  join used_days u on u.stay = c.stay and u.day < c.clock_on and u.day >= c.clock_on - 28
  group by c.case_nr
),
stood as (
  select t.stay, s.journey, s.version, s.milestone, s.since_on, coalesce(s.until_on, date '9999-12-31') as until_on, s.missing
  from stays t
  join standings s on s.person_id = t.person_id and s.account_id = t.account_id and s.missing <> '[]'
  union all
  select t.stay, s.journey, s.version, s.milestone, s.since_on, coalesce(s.until_on, date '9999-12-31'), s.missing
  from stays t
  join account_standings s on t.person_id is null and s.account_id = t.account_id and s.missing <> '[]'
),
-- Many miss the same clauses in the same words: each text is read once.
texts as (
  select missing, unnest(json_extract_string(missing, '$[*].clause')) as clause from (select distinct missing from stood)
),
missed as (
  select c.case_nr, c.stay, c.journey, c.version, c.milestone, c.clock_0, c.clock_on, s.missing
  from cases c
  join stood s on s.stay = c.stay and s.journey = c.journey and s.version = c.version and s.milestone = c.milestone
    and s.since_on < c.on_day and s.until_on >= c.on_day
),
lacking as materialized (
  -- A group of clauses is missed as one, also where a part of it is named.
  select distinct m.case_nr, p.clause, m.stay, m.clock_on, p.kind, p.feature, p.threshold,
    greatest(m.clock_0, m.clock_on - cast(coalesce(p.window_days, 100000) as integer)) as from_on
  from missed m
  join texts t on t.missing = m.missing
  join parts p on p.journey = m.journey and p.version = m.version and p.milestone = m.milestone
    and (p.clause = t.clause or starts_with(t.clause, p.clause || '.'))
),
counted as (
  select l.case_nr, l.clause, sum(case l.kind when 'events' then u.n else u.quantity end) / any_value(l.threshold) as share
  from lacking l
  join used u on u.stay = l.stay and u.feature = l.feature and l.kind in ('events', 'quantity') and u.day >= l.from_on and u.day < l.clock_on
  group by l.case_nr, l.clause
  union all
  select l.case_nr, l.clause, count(distinct u.person_id) / any_value(l.threshold)
  from lacking l
  join used u on u.stay = l.stay and l.kind = 'people' and coalesce(l.feature, u.feature) = u.feature and u.day >= l.from_on
    and u.day < l.clock_on
  group by l.case_nr, l.clause
  union all
  select l.case_nr, l.clause, count(*) / any_value(l.threshold)
  from lacking l
  join used_days u on u.stay = l.stay and l.kind = 'active_days' and u.day >= l.from_on and u.day < l.clock_on
  group by l.case_nr, l.clause
),
progress as (
  select l.case_nr, count(*) as lacking, sum(least(coalesce(d.share, 0), 1)) as parts_done
  from lacking l
  left join counted d on d.case_nr = l.case_nr and d.clause = l.clause
  group by l.case_nr
),
whole as (
  select journey, version, milestone, count(*) as clauses from parts group by all
)
select c.case_nr, c.clock_on - c.clock_0 as age_days, h.role, t.tier,
  1 - coalesce(p.lacking, a.clauses) / a.clauses as share_met,
  1 - (coalesce(p.lacking, a.clauses) - coalesce(p.parts_done, 0)) / a.clauses as part_done,
  coalesce(r.active_7, 0) as active_7, coalesce(r.active_28, 0) as active_28, c.clock_on - r.last_on as days_since
from cases c
join stays s on s.stay = c.stay
join whole a on a.journey = c.journey and a.version = c.version and a.milestone = c.milestone
left join home h on h.case_nr = c.case_nr
left join rhythm r on r.case_nr = c.case_nr
left join progress p on p.case_nr = c.case_nr
left join account_eras t on t.account_id = s.account_id and t.since_on < c.on_day and coalesce(t.until_on, date '9999-12-31') >= c.on_day
order by c.case_nr
