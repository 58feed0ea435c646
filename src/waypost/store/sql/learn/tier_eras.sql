-- Which tier each account had when: as its group events said by then, else by the value of its contracts in force on the day.
-- in: tiers (frame: tier text, value_at_least double (null: any value), rank bigint)
-- out: account_id text, tier text, since_on date, until_on date (exclusive, null: it still holds)
with told as (
  select account_id, happened_on as since_on, properties ->> '$.tier' as tier
  from said
  where kind = 'group' and account_id is not null and (properties ->> '$.tier') is not null
  qualify row_number() over (partition by account_id, happened_on order by happened_at desc, event_id desc) = 1
),
turns as (
  select account_id, since_on as on_day from contracts
  union
  select account_id, until_on from contracts where until_on is not null
  union
  select account_id, since_on from told
  union
  select account_id, date '0001-01-01' from accounts
),
valued as (
  select t.account_id, t.on_day, sum(c.value) as value
  from turns t
  left join contracts c on c.account_id = t.account_id and not c.ended and c.since_on <= t.on_day
    and coalesce(c.until_on, date '9999-12-31') > t.on_day
  group by t.account_id, t.on_day
),
ranked as (
  select v.account_id, v.on_day, r.tier
  from valued v
  left join tiers r on r.value_at_least is null or v.value >= r.value_at_least
  qualify row_number() over (partition by v.account_id, v.on_day order by r.rank) = 1
),
named as (
  select r.account_id, r.on_day, coalesce(t.tier, r.tier) as tier
  from ranked r
  left join told t on t.account_id = r.account_id and t.since_on <= r.on_day
  qualify row_number() over (partition by r.account_id, r.on_day order by t.since_on desc) = 1
)
select account_id, tier, on_day as since_on, lead(on_day) over (partition by account_id order by on_day) as until_on
from named
