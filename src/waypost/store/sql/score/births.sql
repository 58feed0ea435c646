-- The first day of each account: its first membership, contract, or use.
-- in: scope (frame: account_id text)
-- out: account_id text, born_on date
select account_id, min(day) as born_on
from (
  select account_id, joined_on as day from memberships
  union all select account_id, since_on from contracts
  union all select account_id, day from usage_daily
)
where account_id in (select account_id from scope)
group by account_id
