-- The members of cohorts with the periods in which they came back, to tell who did in one of them and who did not.
-- in: period integer (>= 0), later boolean (true: or in any later one), return_feature text (null: any), grain text (day,
--     week or month), today date (inclusive), unit text (people or accounts), all_accounts boolean, all_people boolean, role
--     text (null: any), features (frame: feature text, automated_counts boolean), some_accounts (frame: account_id text),
--     some_people (frame: person_id text), cohorts (frame: nr integer, unit text, cohort date, started_on date)
-- out: unit text, cohort date, started_on date, back boolean, days integer (of return, ever), last_on date (of return)
with roles as (
  select person_id, account_id
  from memberships
  qualify row_number() over (partition by person_id, account_id order by joined_on desc) = 1 and role = $role
),
used as (
  select distinct case $unit when 'people' then u.person_id else u.account_id end as unit, u.day
  from usage_daily u
  join features f on f.feature = u.feature and (u.actor = 'human' or f.automated_counts)
  where u.day >= (select min(started_on) from cohorts) and u.day <= $today
    and ($return_feature is null or u.feature = $return_feature)
    and ($all_accounts or u.account_id in (select account_id from some_accounts))
    and ($all_people or u.person_id in (select person_id from some_people))
    and ($role is null or (u.person_id, u.account_id) in (select (person_id, account_id) from roles))
),
periods as (
  select c.unit, u.day,
    case $grain
      when 'day' then u.day - c.cohort
      when 'week' then (u.day - c.cohort) // 7
      else date_diff('month', c.cohort, u.day)
    end as period
  from used u
  join cohorts c on c.unit = u.unit and u.day >= c.started_on
)
select c.unit, c.cohort, c.started_on,
  coalesce(bool_or(p.period = $period or ($later and p.period > $period)), false) as back,
  count(p.day) as days, max(p.day) as last_on
from cohorts c
left join periods p on p.unit = c.unit
group by c.unit, c.cohort, c.started_on
order by c.started_on, c.unit
