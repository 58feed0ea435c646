-- Usage of the (person, day) pairs of `pairs`: what the catalogue says their events mean, rolled up by day.
-- An event without an account counts for the account that the person belonged to on that day (the one joined last).
-- in: pairs (frame: person_id text, day date),
--     rules (frame: feature, name, kind, source, actor, alternatives, quantity_path, once (list of text: sources that tell
--     the same, null: none); one row per feature and name),
--     first_on date (inclusive), last_on date (inclusive): bounds of the days in pairs
-- out: number of rows
insert into usage_daily
-- A rule with alternatives carries lists, which cost ten times as much to look through: few rules have any.
with plain as (
  select feature, name, kind, source, actor, quantity_path from rules where alternatives is null and once is null
),
varied as (
  select * from rules where alternatives is not null and once is null
),
shared as (
  select * from rules where once is not null
),
-- Where each person belonged on each day.
homes as (
  select p.person_id, p.day, m.account_id
  from pairs p
  join memberships m on m.person_id = p.person_id and m.joined_on <= p.day and (m.left_on is null or m.left_on > p.day)
  qualify row_number() over (partition by p.person_id, p.day order by m.joined_on desc, m.account_id) = 1
),
uses as (
  select e.happened_on, e.account_id, e.person_id, r.feature, e.happened_at, coalesce(r.actor, e.actor) as actor, e.quantity,
    r.quantity_path, e.properties
  from resolved e
  join plain r on r.name = e.name and (r.kind is null or r.kind = e.kind) and (r.source is null or r.source = e.source)
  where e.happened_on between $first_on and $last_on and e.person_id in (select person_id from pairs)
  union all
  select e.happened_on, e.account_id, e.person_id, r.feature, e.happened_at,
    coalesce(meant_by(r.alternatives, e.kind, e.source, e.properties).actor, e.actor), e.quantity, r.quantity_path, e.properties
  from resolved e
  join varied r on r.name = e.name and (r.kind is null or r.kind = e.kind) and (r.source is null or r.source = e.source)
  where e.happened_on between $first_on and $last_on and e.person_id in (select person_id from pairs)
    and meant_by(r.alternatives, e.kind, e.source, e.properties) is not null
  union all
  -- What several sources tell of one person in one minute (UTC) counts once: as the first of them tells it. What is no use,
  -- for want of an account, stands in nobody's place.
  select e.happened_on, e.account_id, e.person_id, r.feature, e.happened_at,
    coalesce(case when r.alternatives is null then r.actor else meant_by(r.alternatives, e.kind, e.source, e.properties).actor end,
      e.actor), e.quantity, r.quantity_path, e.properties
  from resolved e
  join shared r on r.name = e.name and (r.kind is null or r.kind = e.kind) and (r.source is null or r.source = e.source)
  left join homes h on h.person_id = e.person_id and h.day = e.happened_on
  where e.happened_on between $first_on and $last_on and e.person_id in (select person_id from pairs)
    and (r.alternatives is null or meant_by(r.alternatives, e.kind, e.source, e.properties) is not null)
    and coalesce(e.account_id, h.account_id) is not null
  qualify coalesce(list_position(r.once, e.source) = min(list_position(r.once, e.source)) over (
    partition by r.feature, e.person_id, date_trunc('minute', e.happened_at)), true)
),
meant as (
  select * exclude (quantity, quantity_path, properties),
    coalesce(
      case when quantity_path is not null then try_cast(json_extract_string(properties, quantity_path) as double) end, quantity
    ) as said
  from uses
),
daily as (
  select happened_on as day, account_id, person_id, feature, actor, count(*) as n, sum(said) filter (where isfinite(said)) as quantity,
    min(happened_at) as first_at, max(happened_at) as last_at
  from meant
  group by all
),
touched as (
  select d.* from daily d join pairs p on p.person_id = d.person_id and p.day = d.day
)
select
  t.day, coalesce(t.account_id, h.account_id) as account, t.person_id, t.feature, t.actor, sum(t.n), sum(t.quantity),
  min(t.first_at), max(t.last_at)
from touched t
left join homes h on h.person_id = t.person_id and h.day = t.day
where coalesce(t.account_id, h.account_id) is not null
group by t.day, account, t.person_id, t.feature, t.actor
