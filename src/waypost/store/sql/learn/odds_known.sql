-- What was known of people on the morning of a day: only what happened before it.
-- in: cases (frame: case_nr bigint, person_id, account_id, journey text, version bigint, milestone text, on_day date),
--     parts (frame: journey text, version bigint, milestone text, clause text, kind text (events, quantity, active_days, setting, group),
--     feature text, threshold double, window_days bigint (null: since provisioning)): every clause that is not optional,
--     tiers (frame: account_id text, tier text, since_on date, until_on date (exclusive, null: open)),
--     features (frame: feature text, automated_counts boolean), since date (inclusive; nothing earlier matters to any case)
-- out: case_nr bigint, age_days bigint (since provisioning), role text, tier text, share_met double, part_done double (0 to 1),
--   active_7 bigint, active_28 bigint (days with use), days_since bigint (since the last use; null: none in 28 days)
with home as (
  select c.case_nr, m.role, m.provisioned_on
  from cases c
  join memberships m on m.person_id = c.person_id and m.account_id = c.account_id
    and m.joined_on < c.on_day and (m.left_on is null or m.left_on >= c.on_day)
  qualify row_number() over (partition by c.case_nr order by m.joined_on desc, m.provisioned_on, m.role) = 1
),
used as (
  select u.person_id, u.account_id, u.feature, u.day, sum(u.n) as n, sum(coalesce(u.quantity, 0)) as quantity
  from usage_daily u
  join features f on f.feature = u.feature and (u.actor = 'human' or f.automated_counts)
  where u.day >= $since and u.person_id in (select person_id from cases)
  group by all
),
used_days as (
  select distinct person_id, account_id, day from used
),
rhythm as (
  select c.case_nr, count(*) filter (u.day >= c.on_day - 7) as active_7, count(*) as active_28, max(u.day) as last_on
  from cases c
  join used_days u on u.person_id = c.person_id and u.account_id = c.account_id and u.day < c.on_day and u.day >= c.on_day - 28
  group by c.case_nr
),
missed as (
  select c.case_nr, unnest(json_extract_string(s.missing, '$[*].clause')) as clause
  from cases c
  join standings s on s.person_id = c.person_id and s.account_id = c.account_id and s.journey = c.journey
    and s.version = c.version and s.milestone = c.milestone and s.since_on < c.on_day and (s.until_on is null or s.until_on >= c.on_day)
),
lacking as (
  -- A group of clauses is missed as one, also where a part of it is named.
  select distinct m.case_nr, p.clause, c.person_id, c.account_id, c.on_day, p.kind, p.feature, p.threshold,
    greatest(h.provisioned_on, c.on_day - cast(coalesce(p.window_days, 100000) as integer)) as from_on
  from missed m
  join cases c on c.case_nr = m.case_nr
  join parts p on p.journey = c.journey and p.version = c.version and p.milestone = c.milestone 
    and (p.clause = m.clause or starts_with(m.clause, p.clause || '.'))
  left join home h on h.case_nr = m.case_nr
),
counted as (
  select l.case_nr, l.clause, sum(case l.kind when 'events' then u.n else u.quantity end) / any_value(l.threshold) as share
  from lacking l
  join used u on l.kind in ('events', 'quantity') and u.feature = l.feature and u.person_id = l.person_id
    and u.account_id = l.account_id and u.day >= l.from_on and u.day < l.on_day
  group by l.case_nr, l.clause
  union all
  select l.case_nr, l.clause, count(*) / any_value(l.threshold)
  from lacking l
  join used_days u on l.kind = 'active_days' and u.person_id = l.person_id and u.account_id = l.account_id
    and u.day >= l.from_on and u.day < l.on_day
  group by l.case_nr, l.clause
),
progress as (
  select l.case_nr, count(*) as lacking, sum(least(coalesce(d.share, 0), 1)) as parts_done
  from lacking l
  left join counted d on d.case_nr = l.case_nr and d.clause = l.clause
  group by l.case_nr
),
asked as (
  select journey, version, milestone, count(*) as clauses from parts group by all
)
select c.case_nr, c.on_day - h.provisioned_on as age_days, h.role, t.tier,
  1 - coalesce(p.lacking, a.clauses) / a.clauses as share_met,
  1 - (coalesce(p.lacking, a.clauses) - coalesce(p.parts_done, 0)) / a.clauses as part_done,
  coalesce(r.active_7, 0) as active_7, coalesce(r.active_28, 0) as active_28, c.on_day - r.last_on as days_since
from cases c
join asked a on a.journey = c.journey and a.version = c.version and a.milestone = c.milestone
left join home h on h.case_nr = c.case_nr
left join rhythm r on r.case_nr = c.case_nr
left join progress p on p.case_nr = c.case_nr
left join tiers t on t.account_id = c.account_id and t.since_on < c.on_day and (t.until_on is null or t.until_on >= c.on_day)
order by c.case_nr
