-- Dated states of the tickets of the accounts of `scope`: opened by the first word, solved until it is reopened.
-- A ticket without an account is that of the account to which the person belonged on that day (the one joined last).
-- in: scope (frame: account_id text)
-- out: number of rows
insert into tickets
with said as (
  select
    e.arrival, coalesce(e.properties ->> '$.ticket_id', e.event_id) as ticket_id, e.account_id, e.person_id, e.happened_at,
    e.happened_on, e.event_id, e.properties ->> '$.subject' as subject, e.properties ->> '$.priority' as priority,
    case e.name when 'solved' then true when 'opened' then false when 'reopened' then false end as solved
  from resolved_said e
  where e.kind = 'ticket' and (
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
  qualify row_number() over (partition by s.arrival order by m.joined_on desc, m.account_id) = 1
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
  where account_id in (select account_id from scope)
  window so_far as (
    partition by account_id, ticket_id order by happened_at, event_id rows between unbounded preceding and current row
  )
)
select ticket_id, account_id, person_id, subject, priority, solved, opened_at, opened_on, since_on, until_on
from dated
where until_on is null or until_on > since_on
