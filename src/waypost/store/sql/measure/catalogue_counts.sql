-- What the events of some days mean by some rules: how many, whose and where. An event counts once for each key.
-- An event without an account counts for the account that the person belonged to on that day (the one joined last).
-- in: since date (inclusive), until date (exclusive), rules (frame: key, name, kind, source, actor, alternatives)
-- out: key text, n bigint: all events, uses bigint: those of a person at an account, n_automated bigint: of the uses,
--      people bigint and accounts bigint: of the uses
with found as (
  select r.key, e.happened_on as day, e.person_id, e.account_id,
    coalesce(
      case when r.alternatives is null then r.actor else meant_by(r.alternatives, e.kind, e.source, e.properties).actor end, e.actor
    ) as actor
  from resolved e
  join rules r
    on r.name = e.name and (r.kind is null or r.kind = e.kind) and (r.source is null or r.source = e.source)
    and (r.alternatives is null or meant_by(r.alternatives, e.kind, e.source, e.properties) is not null)
  where e.happened_on >= $since and e.happened_on < $until
),
daily as (
  select key, day, person_id, account_id, count(*) as n, count(*) filter (where actor <> 'human') as n_automated
  from found
  group by key, day, person_id, account_id
),
homes as (
  select d.person_id, d.day, m.account_id
  from (select distinct person_id, day from daily where account_id is null) d
  join memberships m on m.person_id = d.person_id and m.joined_on <= d.day and (m.left_on is null or m.left_on > d.day)
  qualify row_number() over (partition by d.person_id, d.day order by m.joined_on desc, m.account_id) = 1
),
placed as (
  select d.key, d.n, d.n_automated, d.person_id, coalesce(d.account_id, h.account_id) as account_id,
    d.person_id is not null and coalesce(d.account_id, h.account_id) is not null as is_use
  from daily d
  left join homes h on h.person_id = d.person_id and h.day = d.day
)
select key, cast(sum(n) as bigint) as n, cast(coalesce(sum(n) filter (where is_use), 0) as bigint) as uses,
  cast(coalesce(sum(n_automated) filter (where is_use), 0) as bigint) as n_automated,
  count(distinct person_id) filter (where is_use) as people, count(distinct account_id) filter (where is_use) as accounts
from placed
group by key
