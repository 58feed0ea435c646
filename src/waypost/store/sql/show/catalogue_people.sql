-- Who used a feature in some days, most first.
-- in: feature text, since date (inclusive), until date (exclusive), most integer, skip integer
-- out: person_id text, name text, account_id text, account text, n bigint, n_automated bigint, days bigint, last_at timestamp,
--      total bigint: of all rows, everyone bigint: people, each once
with used as (
  select person_id, account_id, cast(sum(n) as bigint) as n,
    cast(coalesce(sum(n) filter (where actor <> 'human'), 0) as bigint) as n_automated, count(distinct day) as days, max(last_at) as last_at
  from usage_daily
  where feature = $feature and day >= $since and day < $until
  group by person_id, account_id
),
page as (
  select *, count(*) over () as total, count(distinct person_id) over () as everyone from used order by n desc, person_id, account_id limit $most offset $skip
)
select u.person_id, coalesce(p.name, u.person_id) as name, u.account_id, coalesce(a.name, u.account_id) as account, u.n, u.n_automated,
  u.days, u.last_at, u.total, u.everyone
from page u
left join people p on p.person_id = u.person_id
left join accounts a on a.account_id = u.account_id
order by u.n desc, u.person_id, u.account_id
