-- Use by people, week by week and day by day, of many subjects at one cutoff; a week is seven days counted back from it.
-- in: of_accounts (frame: subject_id text, account_id text, on_day date: the cutoff),
--     of_people (frame: subject_id text, person_id text, on_day date; one of both is empty), weeks integer (>= 1),
--     first_on date, last_on date (both inclusive): bounds of the weeks
-- out: subject_id text, week integer (0: ends with the cutoff), day date (null: the whole week), people bigint,
--      person_days bigint, uses bigint
with used as (
  select s.subject_id, u.day, u.person_id, u.n, cast((s.on_day - u.day) // 7 as integer) as week
  from usage_daily u
  join of_accounts s on s.account_id = u.account_id and u.day <= s.on_day
    and u.day > s.on_day - 7 * cast($weeks as integer)
  where u.actor = 'human' and u.day between $first_on and $last_on
  union all
  select s.subject_id, u.day, u.person_id, u.n, cast((s.on_day - u.day) // 7 as integer)
  from usage_daily u
  join of_people s on s.person_id = u.person_id and u.day <= s.on_day
    and u.day > s.on_day - 7 * cast($weeks as integer)
  where u.actor = 'human' and u.day between $first_on and $last_on
)
select subject_id, week, day, count(distinct person_id) as people, count(distinct (person_id, day)) as person_days,
  cast(sum(n) as bigint) as uses
from used
group by grouping sets ((subject_id, week), (subject_id, week, day))
