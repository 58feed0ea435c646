-- How many of each cohort came back in each period after its own (period 0 is the cohort's), and for how many that was
-- the last period in which they came back. Use before the own start does not count; use on its day does.
-- in: return_feature text (null: any), grain text (day, week or month), today date (inclusive), unit text (people or
--     accounts), all_accounts boolean, all_people boolean, role text (null: any), features (frame: feature text,
--     automated_counts boolean), some_accounts (frame: account_id text), some_people (frame: person_id text), cohorts
--     (frame: nr integer, unit text, cohort date, started_on date)
-- out: cohort date, period integer (>= 0), back integer (>= 1), last_back integer (>= 0)
with roles as (
  select person_id, account_id
  from memberships
  qualify row_number() over (partition by person_id, account_id order by joined_on desc) = 1 and role = $role
),
used as (
  select case $unit when 'people' then u.person_id else u.account_id end as unit, u.day
  from usage_daily u
  join features f on f.feature = u.feature and (u.actor = 'human' or f.automated_counts)
  where u.day >= (select min(started_on) from cohorts) and u.day <= $today
    and ($return_feature is null or u.feature = $return_feature)
    and ($all_accounts or u.account_id in (select account_id from some_accounts))
    and ($all_people or u.person_id in (select person_id from some_people))
    and ($role is null or (u.person_id, u.account_id) in (select (person_id, account_id) from roles))
),
periods as (
  select distinct c.nr, c.cohort,
    case $grain
      when 'day' then u.day - c.cohort
      when 'week' then (u.day - c.cohort) // 7
      else date_diff('month', c.cohort, u.day)
    end as period
  from used u
  join cohorts c on c.unit = u.unit and u.day >= c.started_on
),
lasting as (
  select nr, max(period) as last_period from periods group by nr
)
select p.cohort, cast(p.period as integer) as period, count(*) as back,
  count(*) filter (where p.period = l.last_period) as last_back
from periods p
join lasting l on l.nr = p.nr
group by p.cohort, p.period
order by p.cohort, p.period
