-- What is known of the accounts of `scope` today: the newest word on each trait from group events, terms from the contract in force, tier by value.
-- in: scope (frame: account_id text), tiers (frame: tier text, value_at_least double (null: any value), rank bigint), today date,
--     updates (frame: arrival bigint, properties text: what the update of that arrival comes to)
-- out: number of rows
insert into accounts
with told as (
  select e.account_id, e.happened_at, e.event_id, coalesce(u.properties, e.properties) as properties
  from said e
  left join updates u on u.arrival = e.arrival
  where e.kind = 'group' and e.account_id in (select account_id from scope)
),
said as (
  select
    account_id, min(happened_at) as first_at,
    arg_max(properties ->> '$.owner', (happened_at, event_id)) filter (where (properties ->> '$.owner') is not null) as owner,
    arg_max(properties ->> '$.region', (happened_at, event_id)) filter (where (properties ->> '$.region') is not null) as region,
    arg_max(properties ->> '$.tier', (happened_at, event_id)) filter (where (properties ->> '$.tier') is not null) as tier
  from told
  group by account_id
),
-- What was said word for word before needs no second merging.
words as (
  select account_id, properties, max((happened_at, event_id)) as said_at from told group by account_id, properties
),
held as (
  select account_id,
    list_reduce(list(properties order by said_at), lambda one, next: json_merge_patch(one, next), '{}') as traits
  from words
  group by account_id
),
terms as (
  select
    account_id, sum(value) as value, min(currency) as currency, sum(seats) as seats, min(starts_on) as starts_on,
    min(renews_on) as renews_on
  from contracts
  where account_id in (select account_id from scope) and not ended and since_on <= $today and (until_on is null or until_on > $today)
  group by account_id
),
gone as (
  select account_id, max(since_on) as ended_on
  from contracts
  where account_id in (select account_id from scope) and ended and since_on <= $today and until_on is null
  group by account_id
),
ranked as (
  select s.account_id, t.tier, row_number() over (partition by s.account_id order by t.rank) as nr
  from scope s
  left join terms on terms.account_id = s.account_id
  join tiers t on t.value_at_least is null or terms.value >= t.value_at_least
)
select
  s.account_id, coalesce(held.traits ->> '$.name', s.account_id), coalesce(said.tier, ranked.tier), said.owner, said.region,
  coalesce(held.traits, '{}'), terms.value, terms.currency, terms.seats, terms.starts_on, terms.renews_on,
  case when terms.account_id is null then gone.ended_on end, said.first_at
from scope s
left join said on said.account_id = s.account_id
left join held on held.account_id = s.account_id
left join terms on terms.account_id = s.account_id
left join gone on gone.account_id = s.account_id
left join ranked on ranked.account_id = s.account_id and ranked.nr = 1
