-- For each cohort and number of days since the own start: who was gone from then on, and who was watched no longer.
-- Gone means: after that day, no return for quiet_days days. It can be known for the days before today - quiet_days only,
-- so everybody is watched until then, and whoever has no such silence by then leaves the count there, not as gone.
-- in: quiet_days integer (>= 1), return_feature text (null: any), today date (inclusive), unit text (people or accounts),
--     all_accounts boolean, all_people boolean, role text (null: any), features (frame: feature text, automated_counts
--     boolean), some_accounts (frame: account_id text), some_people (frame: person_id text), cohorts (frame: nr
--     integer, unit text, cohort date, started_on date)
-- out: cohort date, day integer (>= 0), gone integer (>= 0), watched_no_longer integer (>= 0)
with roles as (
  select person_id, account_id
  from memberships
  qualify row_number() over (partition by person_id, account_id order by joined_on desc) = 1 and role = $role
),
signs as (
  select c.nr, u.day
  from (
    select case $unit when 'people' then u.person_id else u.account_id end as unit, u.day
    from usage_daily u
    join features f on f.feature = u.feature and (u.actor = 'human' or f.automated_counts)
    where u.day >= (select min(started_on) from cohorts) and u.day <= $today
      and ($return_feature is null or u.feature = $return_feature)
      and ($all_accounts or u.account_id in (select account_id from some_accounts))
      and ($all_people or u.person_id in (select person_id from some_people))
      and ($role is null or (u.person_id, u.account_id) in (select (person_id, account_id) from roles))
  ) u
  join cohorts c on c.unit = u.unit and u.day >= c.started_on
  union
  select nr, started_on from cohorts
),
silences as (
  select nr, day
  from signs
  qualify coalesce(lead(day) over (partition by nr order by day), date '9999-12-31') - day > $quiet_days
),
ends as (
  select nr, min(day) as gone_on from silences group by nr
),
watched as (
  select c.cohort, e.gone_on <= $today - cast($quiet_days as integer) as gone,
    least(e.gone_on, $today - cast($quiet_days as integer)) - c.started_on as day
  from cohorts c
  join ends e on e.nr = c.nr
  where c.started_on <= $today - cast($quiet_days as integer)
)
select cohort, cast(day as integer) as day, count(*) filter (where gone) as gone,
  count(*) filter (where not gone) as watched_no_longer
from watched
group by cohort, day
order by cohort, day
