-- Dated states of the tickets of the accounts that `derive/spoken` was asked about: opened by the first word, solved until it
-- is reopened.
-- in: nothing
-- out: number of rows
insert into tickets
with told as (
  select
    coalesce(properties ->> '$.ticket_id', event_id) as ticket_id, account_id, person_id, happened_at, happened_on, event_id,
    properties ->> '$.subject' as subject, properties ->> '$.priority' as priority,
    case name when 'solved' then true when 'opened' then false when 'reopened' then false end as solved
  from spoken
  where kind = 'ticket'
),
dated as (
  select
    ticket_id, account_id, happened_on as since_on, first_value(person_id ignore nulls) over so_far as person_id,
    last_value(subject ignore nulls) over so_far as subject,
    coalesce(last_value(priority ignore nulls) over so_far, 'normal') as priority,
    coalesce(last_value(solved ignore nulls) over so_far, false) as solved,
    first_value(happened_at) over so_far as opened_at, first_value(happened_on) over so_far as opened_on,
    lead(happened_on) over (partition by account_id, ticket_id order by happened_at, event_id) as until_on
  from told
  window so_far as (
    partition by account_id, ticket_id order by happened_at, event_id rows between unbounded preceding and current row
  )
)
select ticket_id, account_id, person_id, subject, priority, solved, opened_at, opened_on, since_on, until_on
from dated
where until_on is null or until_on > since_on
