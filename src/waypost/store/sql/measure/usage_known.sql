-- From which day on each subject is known: the first membership, use, contract or setting of its people or accounts.
-- Where a day by which it is known is early enough, and a membership tells one, use is not looked at.
-- in: of_accounts (frame: subject_id text, account_id text), of_people (frame: subject_id text, person_id text),
--     by_day date (early enough; null: the very first day is asked for)
-- out: subject_id text, known_on date
with joined as (
  select s.subject_id, m.joined_on as known_on from memberships m join of_accounts s on s.account_id = m.account_id
  union all
  select s.subject_id, m.joined_on from memberships m join of_people s on s.person_id = m.person_id
),
early as (
  select subject_id from joined where known_on <= $by_day
)
select subject_id, min(known_on) as known_on
from (
  select subject_id, known_on from joined
  union all
  select s.subject_id, u.day
  from usage_daily u
  join (select * from of_accounts where subject_id not in (select subject_id from early)) s on s.account_id = u.account_id
  union all
  select s.subject_id, c.since_on from contracts c join of_accounts s on s.account_id = c.account_id
  union all
  select s.subject_id, c.since_on from settings c join of_accounts s on s.account_id = c.account_id
  union all
  select s.subject_id, u.day
  from usage_daily u
  join (select * from of_people where subject_id not in (select subject_id from early)) s on s.person_id = u.person_id
) every_word
group by subject_id
