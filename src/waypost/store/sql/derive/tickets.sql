-- Tickets of the accounts of `scope`: opened first, open until the last word on them says solved.
-- in: scope (frame: account_id text)
-- out: number of rows
insert into tickets
with told as (
  select coalesce(properties ->> '$.ticket_id', event_id) as ticket_id, account_id, person_id, name, happened_at, happened_on, event_id,
    properties ->> '$.subject' as subject, properties ->> '$.priority' as priority
  from resolved
  where kind = 'ticket' and account_id in (select account_id from scope)
)
select
  ticket_id, account_id, arg_min(person_id, (happened_at, event_id)),
  arg_max(subject, (happened_at, event_id)) filter (where subject is not null),
  coalesce(arg_max(priority, (happened_at, event_id)) filter (where priority is not null), 'normal'),
  min(happened_at), min(happened_on),
  case when arg_max(name, (happened_at, event_id)) filter (where name in ('opened', 'reopened', 'solved')) = 'solved'
    then max(happened_at) filter (where name = 'solved') end,
  case when arg_max(name, (happened_at, event_id)) filter (where name in ('opened', 'reopened', 'solved')) = 'solved'
    then max(happened_on) filter (where name = 'solved') end
from told
group by ticket_id, account_id
