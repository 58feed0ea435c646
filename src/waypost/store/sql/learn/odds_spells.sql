-- Everybody (people, and accounts on journeys of accounts) who was or is underway to a milestone with a day: from the day it was first unmet until it was met, or no longer seen.
-- in: stages (frame: journey text, version bigint, milestone text, shape text (what is asked by when; alike in versions that
--     did not change it), window_days bigint), today date (what is still open has been seen until before it)
-- in: underway_only boolean (only who is underway today and was before)
-- out: spell bigint, person_id (null: the account as a whole), account_id, journey text, version bigint, milestone text, shape text, window_days bigint,
--   began_on date, due_on date, ended_on date (the day on which it was met, else the first day not seen any more), met boolean (in time),
--   seen_until date (today)
with judged as (
  select s.person_id, s.account_id, s.journey, s.version, s.milestone, s.since_on, s.until_on, s.due_on, s.standing,
    g.shape, g.window_days,
    g.milestone is not null and s.missing <> '[]' and s.since_on <= s.due_on
      and s.standing in ('not_started', 'on_path', 'at_risk', 'returned') as underway
  from every_standing s
  left join stages g on g.journey = s.journey and g.version = s.version and g.milestone = s.milestone
  where s.since_on <= $today
),
told as (
  select *,
    lead(since_on) over place as next_on, lead(standing) over place as next_standing,
    coalesce(
      lag(underway) over place and lag(milestone) over place = milestone and lag(until_on) over place = since_on, false
    ) as goes_on
  from judged
  window place as (partition by person_id, account_id, journey, version order by since_on)
),
numbered as (
  select *,
    sum(case when goes_on then 0 else 1 end) over (
      partition by person_id, account_id, journey, version order by since_on rows between unbounded preceding and current row
    ) as nr
  from told
  where underway
),
spells as (
  select person_id, account_id, journey, version, milestone, shape, any_value(window_days) as window_days,
    min(since_on) as began_on, arg_max(due_on, since_on) as due_on,
    max(coalesce(until_on, date '9999-12-31')) as until_on,
    arg_max(next_on, since_on) as next_on, arg_max(next_standing, since_on) as next_standing
  from numbered
  group by person_id, account_id, journey, version, milestone, shape, nr
)
select
  row_number() over (order by journey, version, milestone, person_id, account_id, began_on) as spell,
  person_id, account_id, journey, version, milestone, shape, window_days, began_on, due_on,
  least(until_on, $today) as ended_on,
  until_on <= least(due_on, $today) and coalesce(next_on = until_on and next_standing <> 'strayed', false) as met,
  cast($today as date) as seen_until
from spells
where not $underway_only or (until_on > $today and began_on < $today and due_on >= $today)
