-- Survey answers of the accounts that `derive/spoken` was asked about; a second word on the same answer replaces the first
-- from its day on.
-- in: nothing
-- out: number of rows
insert into answers
with told as (
  select
    coalesce(properties ->> '$.answer_id', event_id) as answer_id, name as survey, account_id, person_id, happened_at, happened_on,
    event_id, try_cast(properties ->> '$.score' as double) as score, properties ->> '$.comment' as comment
  from spoken
  where kind = 'survey'
),
dated as (
  select *,
    lead(happened_on) over (partition by account_id, survey, answer_id order by happened_at, event_id) as replaced_on
  from told
  where isfinite(score)
)
select answer_id, survey, account_id, person_id, score, comment, happened_at, happened_on, replaced_on
from dated
where replaced_on is null or replaced_on > happened_on
