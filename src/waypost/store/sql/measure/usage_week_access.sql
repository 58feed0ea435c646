-- How many people had access to each account on some day of each week; a week is seven days counted back from the cutoff.
-- in: of_accounts (frame: subject_id text, account_id text, on_day date: the cutoff), of_people (frame: not asked here),
--     weeks integer (>= 1)
-- out: subject_id text, week integer (0: ends with the cutoff), people bigint (>= 1)
select s.subject_id, cast(w.week as integer) as week, count(distinct m.person_id) as people
from of_accounts s
cross join range(cast($weeks as integer)) as w(week)
join memberships m on m.account_id = s.account_id and m.joined_on <= s.on_day - 7 * cast(w.week as integer)
  and coalesce(m.left_on, date '9999-12-31') > s.on_day - 7 * cast(w.week as integer) - 6
group by s.subject_id, w.week
