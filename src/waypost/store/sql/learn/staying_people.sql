-- Everybody of a journey who was still there some days after day 0, and whether they stayed. Day 0 is that of access; of a
-- journey that is entered later, the day of the entry. Whom the journey fits only after those days is not among them.
-- There: belongs to the account and has used the product in those days. Stayed: used it in the last days of the time after.
-- in: journey text, entered boolean (it has an entry), by_day integer (the landmark, days after day 0), after_days integer (until when it must be known),
--     last_days integer (in which of them use counts as staying), today date, most integer (the latest so many people)
-- in: features (frame: feature text, automated_counts boolean), entries (frame: person_id, account_id text, provisioned_on date (day 0:
--     of the entry), from_on date (on the journey since then)), none where the journey has no entry
-- out: person bigint (from 0), person_id, account_id text, provisioned_on date (day 0), role text, tier text, month text (of day 0),
--   stayed boolean
with stays as (
  select person_id, account_id, provisioned_on, arg_min(role, joined_on) as role
  from memberships
  group by person_id, account_id, provisioned_on
),
entered_stays as (
  -- An entry is of the latest stay that had begun when it came.
  select e.person_id, e.account_id, e.provisioned_on as day_0, max(a.provisioned_on) as provisioned_on,
    arg_max(a.role, a.provisioned_on) as role
  from entries e
  join stays a on a.person_id = e.person_id and a.account_id = e.account_id and a.provisioned_on <= e.provisioned_on
  where e.from_on < e.provisioned_on + cast($by_day as integer)
  group by e.person_id, e.account_id, e.provisioned_on
),
placed as (
  select a.person_id, a.account_id, a.provisioned_on, any_value(a.role) as role, arg_min(s.journey, s.since_on) as journey
  from stays a
  join standings s on s.person_id = a.person_id and s.account_id = a.account_id
    and s.since_on >= a.provisioned_on and s.since_on < a.provisioned_on + cast($by_day as integer)
  where not $entered
  group by a.person_id, a.account_id, a.provisioned_on
  union all
  select person_id, account_id, min(day_0), any_value(role), $journey from entered_stays group by person_id, account_id, provisioned_on
),
chosen as (
  select *, provisioned_on + cast($by_day as integer) as landmark_on
  from placed
  where journey = $journey and provisioned_on + cast($by_day + $after_days as integer) <= $today
  qualify row_number() over (order by provisioned_on desc, person_id, account_id) <= $most
),
used as (
  select c.person_id, c.account_id, c.provisioned_on,
    count(*) filter (u.day < c.landmark_on) > 0 as was_there,
    count(*) filter (
      u.day >= c.landmark_on + cast($after_days - $last_days as integer) and u.day < c.landmark_on + cast($after_days as integer)
    ) > 0 as stayed
  from chosen c
  join usage_daily u on u.person_id = c.person_id and u.account_id = c.account_id and u.day >= c.provisioned_on
    and u.day < c.landmark_on + cast($after_days as integer)
  join features f on f.feature = u.feature and (u.actor = 'human' or f.automated_counts)
  group by c.person_id, c.account_id, c.provisioned_on
)
select
  row_number() over (order by c.person_id, c.account_id, c.provisioned_on) - 1 as person, c.person_id, c.account_id, c.provisioned_on,
  c.role, t.tier, strftime(c.provisioned_on, '%Y-%m') as month, u.stayed
from chosen c
join used u on u.person_id = c.person_id and u.account_id = c.account_id and u.provisioned_on = c.provisioned_on and u.was_there
left join account_eras t on t.account_id = c.account_id and t.since_on <= c.landmark_on and coalesce(t.until_on, date '9999-12-31') > c.landmark_on
where exists (
  select 1 from memberships m
  where m.person_id = c.person_id and m.account_id = c.account_id and m.joined_on <= c.landmark_on
    and (m.left_on is null or m.left_on > c.landmark_on)
)
order by person
