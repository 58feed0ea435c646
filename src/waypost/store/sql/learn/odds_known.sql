-- What was known of people on the morning of a day: only what happened before it.
-- in: cases (frame: case_nr bigint, person_id, account_id, journey text, version bigint, milestone text, on_day date),
--     parts (frame: journey text, version bigint, milestone text, clause text, kind text (events, quantity, active_days, setting, group),
--     feature text, threshold double, window_days bigint (null: since provisioning)): every clause that is not optional,
--     features (frame: feature text, automated_counts boolean), since date (inclusive; nothing earlier matters to any case)
-- out: case_nr bigint, age_days bigint (since provisioning), role text, tier text, share_met double, part_done double (0 to 1),
--   active_7 bigint, active_28 bigint (days with use), days_since bigint (since the last use; null: none in 28 days)
with people as (
  -- Whole numbers for people at accounts: all that follows joins on them, many times faster than on two texts.
  select person_id, account_id, row_number() over () as who from (select distinct person_id, account_id from cases)
),
asked as (
  select c.case_nr, p.who, c.journey, c.version, c.milestone, c.on_day
  from cases c
  join people p on p.person_id = c.person_id and p.account_id = c.account_id
),
stays as (
  select p.who, m.role, m.provisioned_on, m.joined_on, coalesce(m.left_on, date '9999-12-31') as left_on
  from people p
  join memberships m on m.person_id = p.person_id and m.account_id = p.account_id
),
home as (
  select a.case_nr, arg_max(s.role, (s.joined_on, s.provisioned_on)) as role, arg_max(s.provisioned_on, (s.joined_on, s.provisioned_on)) as provisioned_on
  from asked a
  join stays s on s.who = a.who and s.joined_on < a.on_day and s.left_on >= a.on_day
  group by a.case_nr
),
used as materialized (
  select p.who, u.feature, u.day, cast(u.n as double) as n, coalesce(u.quantity, 0) as quantity
  from people p
  join usage_daily u on u.person_id = p.person_id and u.account_id = p.account_id and u.day >= $since
  join features f on f.feature = u.feature and (u.actor = 'human' or f.automated_counts)
),
-- Person and day are one number here, for the same reason.
used_days as materialized (
  select spot // 100000 as who, date '1970-01-01' + cast(spot % 100000 as integer) as day
  from (select distinct who * 100000 + (day - date '1970-01-01') as spot from used)
),
rhythm as (
  select a.case_nr, count(*) filter (u.day >= a.on_day - 7) as active_7, count(*) as active_28, max(u.day) as last_on
  from asked a
  join used_days u on u.who = a.who and u.day < a.on_day and u.day >= a.on_day - 28
  group by a.case_nr
),
stood as (
  select p.who, s.journey, s.version, s.milestone, s.since_on, coalesce(s.until_on, date '9999-12-31') as until_on, s.missing
  from people p
  join standings s on s.person_id = p.person_id and s.account_id = p.account_id and s.missing <> '[]'
),
-- Many miss the same clauses in the same words: each text is read once.
texts as (
  select missing, unnest(json_extract_string(missing, '$[*].clause')) as clause from (select distinct missing from stood)
),
missed as (
  select a.case_nr, a.who, a.journey, a.version, a.milestone, a.on_day, s.missing
  from asked a
  join stood s on s.who = a.who and s.journey = a.journey and s.version = a.version and s.milestone = a.milestone
    and s.since_on < a.on_day and s.until_on >= a.on_day
),
lacking as materialized (
  -- A group of clauses is missed as one, also where a part of it is named.
  select distinct m.case_nr, p.clause, m.who, m.on_day, p.kind, p.feature, p.threshold,
    greatest(h.provisioned_on, m.on_day - cast(coalesce(p.window_days, 100000) as integer)) as from_on
  from missed m
  join texts t on t.missing = m.missing
  join parts p on p.journey = m.journey and p.version = m.version and p.milestone = m.milestone
    and (p.clause = t.clause or starts_with(t.clause, p.clause || '.'))
  left join home h on h.case_nr = m.case_nr
),
counted as (
  select l.case_nr, l.clause, sum(case l.kind when 'events' then u.n else u.quantity end) / any_value(l.threshold) as share
  from lacking l
  join used u on u.who = l.who and u.feature = l.feature and l.kind in ('events', 'quantity') and u.day >= l.from_on and u.day < l.on_day
  group by l.case_nr, l.clause
  union all
  select l.case_nr, l.clause, count(*) / any_value(l.threshold)
  from lacking l
  join used_days u on u.who = l.who and l.kind = 'active_days' and u.day >= l.from_on and u.day < l.on_day
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
select c.case_nr, c.on_day - h.provisioned_on as age_days, h.role, t.tier,
  1 - coalesce(p.lacking, a.clauses) / a.clauses as share_met,
  1 - (coalesce(p.lacking, a.clauses) - coalesce(p.parts_done, 0)) / a.clauses as part_done,
  coalesce(r.active_7, 0) as active_7, coalesce(r.active_28, 0) as active_28, c.on_day - r.last_on as days_since
from cases c
join whole a on a.journey = c.journey and a.version = c.version and a.milestone = c.milestone
left join home h on h.case_nr = c.case_nr
left join rhythm r on r.case_nr = c.case_nr
left join progress p on p.case_nr = c.case_nr
left join account_eras t on t.account_id = c.account_id and t.since_on < c.on_day and coalesce(t.until_on, date '9999-12-31') >= c.on_day
order by c.case_nr
