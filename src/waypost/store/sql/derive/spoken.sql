-- Lays out, for this transaction, what was said in surveys and tickets of the accounts of `scope`: both are read in one go.
-- What names no account is of the account to which its person belonged on that day (the one joined last).
-- in: scope (frame: account_id text)
-- out: number of rows
create or replace temp table spoken as
with found as (
  select e.arrival, e.kind, e.name, e.event_id, e.account_id, e.person_id, e.happened_at, e.happened_on, e.properties
  from resolved_said e
  where e.kind in ('survey', 'ticket') and (
    e.account_id in (select account_id from scope)
    or (e.account_id is null and e.person_id in (select person_id from memberships where account_id in (select account_id from scope)))
  )
),
homed as (
  select f.* exclude (arrival, account_id), coalesce(f.account_id, m.account_id) as account_id
  from found f
  left join memberships m
    on m.person_id = case when f.account_id is null then f.person_id end and m.joined_on <= f.happened_on
    and coalesce(m.left_on, date '9999-12-31') > f.happened_on
  qualify row_number() over (partition by f.arrival order by m.joined_on desc, m.account_id) = 1
)
select * from homed where account_id in (select account_id from scope)
