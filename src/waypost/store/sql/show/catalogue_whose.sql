-- Who made the events that some rules mean in some days, most first: people at their accounts, or accounts.
-- An event without an account counts for the account that the person belonged to on that day (the one joined last).
-- in: since date (inclusive), until date (exclusive), by text (people or accounts), most integer, skip integer,
--     rules (frame: key, name, kind, source, actor, alternatives; one key)
-- out: person_id text, name text, account_id text, account text, n bigint, n_automated bigint, people bigint, days bigint,
--      last_at timestamp, total bigint: of all rows, everyone bigint: people or accounts, each once
with daily as (
  select e.happened_on as day, e.person_id, e.account_id, count(*) as n, count(*) filter (where e.actor <> 'human') as n_automated,
    max(e.happened_at) as last_at
  from resolved e
  join rules r
    on r.name = e.name and (r.kind is null or r.kind = e.kind) and (r.source is null or r.source = e.source)
    and (r.alternatives is null or meant_by(r.alternatives, e.kind, e.source, e.properties) is not null)
  where e.happened_on >= $since and e.happened_on < $until and e.person_id is not null
  group by e.happened_on, e.person_id, e.account_id
),
homes as (
  select d.person_id, d.day, m.account_id
  from (select distinct person_id, day from daily where account_id is null) d
  join memberships m on m.person_id = d.person_id and m.joined_on <= d.day and (m.left_on is null or m.left_on > d.day)
  qualify row_number() over (partition by d.person_id, d.day order by m.joined_on desc, m.account_id) = 1
),
used as (
  select case when $by = 'people' then d.person_id end as person_id, coalesce(d.account_id, h.account_id) as account_id,
    cast(sum(d.n) as bigint) as n, cast(sum(d.n_automated) as bigint) as n_automated, count(distinct d.person_id) as people,
    count(distinct d.day) as days, max(d.last_at) as last_at
  from daily d
  left join homes h on h.person_id = d.person_id and h.day = d.day
  where coalesce(d.account_id, h.account_id) is not null
  group by all
),
page as (
  select *, count(*) over () as total, count(distinct coalesce(person_id, account_id)) over () as everyone
  from used
  order by n desc, person_id, account_id limit $most offset $skip
)
select u.person_id, coalesce(p.name, u.person_id, '') as name, u.account_id, coalesce(a.name, u.account_id) as account, u.n,
  u.n_automated, u.people, u.days, u.last_at, u.total, u.everyone
from page u
left join people p on p.person_id = u.person_id
left join accounts a on a.account_id = u.account_id
order by u.n desc, u.person_id, u.account_id
