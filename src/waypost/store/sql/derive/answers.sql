-- Survey answers of the accounts of `scope`; a second word on the same answer replaces the first.
-- in: scope (frame: account_id text)
-- out: number of rows
insert into answers
with told as (
  select
    coalesce(e.properties ->> '$.answer_id', e.event_id) as answer_id, e.name as survey, e.person_id, e.happened_at, e.happened_on,
    e.event_id, cast(e.properties ->> '$.score' as double) as score, e.properties ->> '$.comment' as comment,
    coalesce(e.account_id, (
      select arg_max(m.account_id, (m.joined_on, m.account_id)) from memberships m
      where m.person_id = e.person_id and m.joined_on <= e.happened_on and (m.left_on is null or m.left_on > e.happened_on)
    )) as account_id
  from resolved e
  where e.kind = 'survey'
)
select answer_id, survey, account_id, person_id, score, comment, happened_at, happened_on
from told
where score is not null and (account_id is null or account_id in (select account_id from scope))
qualify row_number() over (partition by survey, answer_id order by happened_at desc, event_id desc) = 1
