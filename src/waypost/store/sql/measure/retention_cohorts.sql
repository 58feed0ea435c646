-- Everybody (or every account) whose start lies in a span of days, with the cohort of that start.
-- A start is the day of access ('provisioned') or of the first use that counts ('first_use', of one feature or of any).
-- A cohort is named by its first day: the day itself, its Monday, or the first of its month.
-- in: start text, start_feature text (null: any), grain text (day, week or month), since date (inclusive), until date
--     (exclusive), unit text (people or accounts), all_accounts boolean, all_people boolean, role text (null: any),
--     features (frame: feature text, automated_counts boolean), some_accounts (frame: account_id text), some_people (frame:
--     person_id text)
-- out: nr integer (a number of our own, for joins), unit text, started_on date, cohort date
with roles as (
  select person_id, account_id
  from memberships
  qualify row_number() over (partition by person_id, account_id order by joined_on desc) = 1 and role = $role
),
begun as (
  select m.person_id, m.account_id, m.provisioned_on as day
  from memberships m
  where $start = 'provisioned'
  union all
  select u.person_id, u.account_id, u.day
  from usage_daily u
  join features f on f.feature = u.feature and (u.actor = 'human' or f.automated_counts)
  where $start = 'first_use' and u.day < $until and ($start_feature is null or u.feature = $start_feature)
),
first_days as (
  select case $unit when 'people' then b.person_id else b.account_id end as unit, min(b.day) as started_on
  from begun b
  where ($all_accounts or b.account_id in (select account_id from some_accounts))
    and ($all_people or b.person_id in (select person_id from some_people))
    and ($role is null or (b.person_id, b.account_id) in (select (person_id, account_id) from roles))
  group by 1
)
select cast(row_number() over () as integer) as nr, unit, started_on,
  case $grain
    when 'day' then started_on
    when 'week' then cast(date_trunc('week', started_on) as date)
    else cast(date_trunc('month', started_on) as date)
  end as cohort
from first_days
where started_on >= $since and started_on < $until
