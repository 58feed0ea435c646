-- Survey answers of the accounts of `scope`; a second word on the same answer replaces the first from its day on.
-- An answer without an account is that of the account to which the person belonged on that day (the one joined last).
-- in: scope (frame: account_id text)
-- out: number of rows
insert into answers
with said as (
  select
    e.arrival, coalesce(e.properties ->> '$.answer_id', e.event_id) as answer_id, e.name as survey, e.account_id, e.person_id,
    e.happened_at, e.happened_on, e.event_id, try_cast(e.properties ->> '$.score' as double) as score,
    e.properties ->> '$.comment' as comment
  from resolved_said e
  where e.kind = 'survey' and (
    e.account_id in (select account_id from scope)
    or (e.account_id is null and e.person_id in (select person_id from memberships where account_id in (select account_id from scope)))
  )
),
told as (
  select s.* exclude (account_id), coalesce(s.account_id, m.account_id) as account_id
  from said s
  left join memberships m
    on m.person_id = case when s.account_id is null then s.person_id end and m.joined_on <= s.happened_on
    and coalesce(m.left_on, date '9999-12-31') > s.happened_on
  where isfinite(s.score)
  qualify row_number() over (partition by s.arrival order by m.joined_on desc, m.account_id) = 1
),
dated as (
  select *,
    lead(happened_on) over (partition by account_id, survey, answer_id order by happened_at, event_id) as replaced_on
  from told
  where account_id in (select account_id from scope)
)
select answer_id, survey, account_id, person_id, score, comment, happened_at, happened_on, replaced_on
from dated
where replaced_on is null or replaced_on > happened_on
