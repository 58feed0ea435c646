-- Which accounts used a feature in some days, most first.
-- in: feature text, since date (inclusive), until date (exclusive), most integer, skip integer
-- out: account_id text, account text, n bigint, n_automated bigint, people bigint, days bigint, last_at timestamp, total bigint: of all rows, everyone bigint: the same
with used as (
  select account_id, cast(sum(n) as bigint) as n, cast(coalesce(sum(n) filter (where actor <> 'human'), 0) as bigint) as n_automated,
    count(distinct person_id) as people, count(distinct day) as days, max(last_at) as last_at
  from usage_daily
  where feature = $feature and day >= $since and day < $until
  group by account_id
),
page as (
  select *, count(*) over () as total from used order by n desc, account_id limit $most offset $skip
)
select u.account_id, coalesce(a.name, u.account_id) as account, u.n, u.n_automated, u.people, u.days, u.last_at, u.total, u.total as everyone
from page u
left join accounts a on a.account_id = u.account_id
order by u.n desc, u.account_id
