-- What was known of the accounts of `scope` when, as said by the end of each day: tier and plan, region and owner, what the
-- contracts in force were worth, and the traits that rules ask about. The first era of an account has no beginning.
-- A tier that a group event names goes before the one by value; a plan is the newest word of a group event or a contract.
-- in: scope (frame: account_id text), tiers (frame: tier text, value_at_least double (null: any value), rank bigint),
--     asked (frame: path text: JSON paths of the traits that rules ask about; without any, traits stay null),
--     updates (frame: arrival bigint, properties text: what the update of that arrival comes to)
-- out: number of rows
insert into account_eras
with told as (
  select e.account_id, e.kind, e.happened_on, e.happened_at, e.event_id, e.source, coalesce(u.properties, e.properties) as properties
  from said e
  left join updates u on u.arrival = e.arrival
  where e.kind in ('group', 'contract') and e.account_id in (select account_id from scope)
),
daily as (
  select
    account_id, happened_on as on_day,
    arg_max(properties ->> '$.tier', (happened_at, event_id))
      filter (where kind = 'group' and (properties ->> '$.tier') is not null) as tier,
    arg_max(properties ->> '$.plan', (happened_at, event_id)) filter (where (properties ->> '$.plan') is not null) as plan,
    arg_max(properties ->> '$.region', (happened_at, event_id))
      filter (where kind = 'group' and (properties ->> '$.region') is not null) as region,
    arg_max(properties ->> '$.owner', (happened_at, event_id))
      filter (where kind = 'group' and (properties ->> '$.owner') is not null) as owner
  from told
  group by account_id, happened_on
),
-- The first step of each path: what stands below it is said and taken away with it.
roots as (
  select root, cast(root[3:] as json) ->> '$' as trait
  from (select distinct regexp_extract(path, '^\$\."(?:[^"\\]|\\.)*"') as root from asked)
),
-- The asked traits alone: a group call may well carry the time of day, and most say again what was said before.
words as (
  select t.account_id, t.happened_on, t.happened_at, t.event_id, t.source,
    to_json(map(list(r.trait order by r.trait), list(json_extract(t.properties, r.root) order by r.trait))) as said
  from told t
  join roots r on json_extract(t.properties, r.root) is not null
  where t.kind = 'group'
  group by t.account_id, t.happened_on, t.happened_at, t.event_id, t.source
),
news as (
  select *
  from words
  qualify said is distinct from lag(said) over (partition by account_id order by happened_at, event_id, source)
),
held as (
  select d.account_id, d.happened_on as on_day,
    list_reduce(
      list(n.said order by n.happened_at, n.event_id, n.source), lambda one, next: json_merge_patch(one, next), '{}'
    ) as traits
  from (select distinct account_id, happened_on from news) d
  join news n on n.account_id = d.account_id and n.happened_on <= d.happened_on
  group by d.account_id, d.happened_on
),
traits as (
  select h.account_id, h.on_day, h.traits,
    string_agg(coalesce(cast(json_extract(h.traits, a.path) as text), '~'), chr(31) order by a.path) as asked
  from held h
  cross join asked a
  group by h.account_id, h.on_day, h.traits
),
turns as (
  select account_id, on_day from daily
  union
  select account_id, since_on from contracts where account_id in (select account_id from scope)
  union
  select account_id, until_on from contracts where account_id in (select account_id from scope) and until_on is not null
  union
  select account_id, date '0001-01-01' from scope
),
valued as (
  select t.account_id, t.on_day, sum(c.value) as value, min(c.renews_on) as renews_on
  from turns t
  left join contracts c on c.account_id = t.account_id and not c.ended and c.since_on <= t.on_day
    and coalesce(c.until_on, date '9999-12-31') > t.on_day
  group by t.account_id, t.on_day
),
ranked as (
  select v.account_id, v.on_day, v.value, v.renews_on, r.tier
  from valued v
  left join tiers r on r.value_at_least is null or v.value >= r.value_at_least
  qualify row_number() over (partition by v.account_id, v.on_day order by r.rank) = 1
),
known as (
  select
    r.account_id, r.on_day, r.value, r.renews_on,
    coalesce(last_value(d.tier ignore nulls) over so_far, r.tier) as tier,
    last_value(d.plan ignore nulls) over so_far as plan,
    last_value(d.region ignore nulls) over so_far as region,
    last_value(d.owner ignore nulls) over so_far as owner,
    last_value(t.traits ignore nulls) over so_far as traits,
    last_value(t.asked ignore nulls) over so_far as asked
  from ranked r
  left join daily d on d.account_id = r.account_id and d.on_day = r.on_day
  left join traits t on t.account_id = r.account_id and t.on_day = r.on_day
  window so_far as (
    partition by r.account_id order by r.on_day rows between unbounded preceding and current row
  )
),
changed as (
  select *
  from known
  qualify on_day = date '0001-01-01' or row(tier, plan, region, owner, value, renews_on, asked) is distinct from lag(
    row(tier, plan, region, owner, value, renews_on, asked)
  ) over (partition by account_id order by on_day)
)
select
  account_id, on_day as since_on, lead(on_day) over (partition by account_id order by on_day) as until_on,
  tier, plan, region, owner, traits, value, renews_on
from changed
