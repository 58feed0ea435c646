-- Dated terms of the contracts of the accounts of `scope`; what a change does not mention stays as it was.
-- in: scope (frame: account_id text)
-- out: number of rows
insert into contracts
with told as (
  select
    coalesce(properties ->> '$.contract_id', account_id) as contract_id, account_id, name, happened_at, happened_on, event_id,
    try_cast(properties ->> '$.value' as double) as value, properties ->> '$.currency' as currency,
    try_cast(try_cast(properties ->> '$.seats' as double) as bigint) as seats,
    try_cast(properties ->> '$.starts_on' as date) as starts_on, try_cast(properties ->> '$.renews_on' as date) as renews_on
  from said
  where kind = 'contract' and account_id in (select account_id from scope)
),
filled as (
  select
    contract_id, account_id, name, happened_on,
    last_value(case when isfinite(value) then value end ignore nulls) over w as value, last_value(currency ignore nulls) over w as currency,
    last_value(seats ignore nulls) over w as seats, last_value(starts_on ignore nulls) over w as starts_on,
    last_value(renews_on ignore nulls) over w as renews_on,
    lead(happened_on) over (partition by account_id, contract_id order by happened_at, event_id) as next_on
  from told
  window w as (
    partition by account_id, contract_id order by happened_at, event_id rows between unbounded preceding and current row
  )
)
select contract_id, account_id, value, currency, seats, starts_on, renews_on, name = 'ended', happened_on, next_on
from filled
where next_on is null or next_on > happened_on
