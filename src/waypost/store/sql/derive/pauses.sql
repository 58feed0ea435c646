-- Dated pauses of the accounts of `scope` and their people: each lasts until it is said to end, or until the day first named.
-- in: scope (frame: account_id text)
-- out: number of rows
insert into pauses
with told as (
  select account_id, person_id, happened_on as from_on, name = 'began' as begins,
    try_cast(properties ->> '$.until' as date) as planned_on,
    lead(happened_on) over (partition by account_id, person_id order by happened_at, event_id) as next_on
  from resolved_said
  where kind = 'pause' and account_id in (select account_id from scope)
)
select account_id, person_id, from_on, least(planned_on, next_on)
from told
where begins and (planned_on is null or planned_on > from_on) and (next_on is null or next_on > from_on)
