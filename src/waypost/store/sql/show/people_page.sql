-- One page of the people who belong to an account today, once for each account, in an order that never wavers.
-- in: everybody boolean (else only the pairs of chosen), chosen (frame: person_id text, account_id text), today date,
--   journey text (null: any; else the standing on this one is shown), since date (active days count from it, inclusive; at most 60 days ago),
--   sort text (standing, name, account, role, due, active or seen), down boolean, most integer, skip integer
-- out: person_id text, name text, email text, title text, role text, champion boolean, signs_renewal boolean, journey text,
--   standing text, milestone text, since_on date, due_on date, missing text, last_seen_at timestamp, account_id text,
--   account text, active_days integer (>= 0; since the day asked, human use at any account), odds, low, high double (0 to 1), people bigint:
--   by which odds somebody stands at risk (null: by the rule of thumb, and of all others)
with here as (
  select person_id, account_id, role, champion, signs_renewal
  from memberships
  where $everybody and joined_on <= $today and (left_on is null or left_on > $today)
  union all
  select m.person_id, m.account_id, m.role, m.champion, m.signs_renewal
  from memberships m
  join chosen c on c.person_id = m.person_id and c.account_id = m.account_id
  where not $everybody and m.joined_on <= $today and (m.left_on is null or m.left_on > $today)
),
-- What each sorts by: a number (smallest first), else a text, up or down; what is not known comes last. Only the fact that
-- is asked for is read: everybody is sorted, and a page is told.
by_standing as (
  select person_id, account_id,
    min(case when standing in ('strayed', 'lapsed') then 0 else 1000000 end - (since_on - date '1970-01-01')) as standing_key,
    min(case when $down or due_on >= $today then due_on - date '1970-01-01' end) as due_key
  from standings
  where $sort in ('standing', 'due') and since_on <= $today and (until_on is null or until_on > $today)
    and ($journey is null or journey = $journey)
  group by person_id, account_id
),
-- A day is one bit: to put bits together is much less than to tell days apart.
by_use as (
  select person_id, bit_count(bit_or(1::bigint << cast(day - $since as integer))) as days
  from usage_daily
  where $sort = 'active' and day >= $since and day <= $today and actor = 'human'
  group by person_id
),
keyed as (
  select h.person_id, h.account_id, h.role, h.champion, h.signs_renewal,
    case when $down then -1 else 1 end * case $sort
      when 'standing' then s.standing_key
      when 'due' then s.due_key
      when 'active' then coalesce(d.days, 0)
      when 'seen' then coalesce(epoch(p.last_seen_at), 0)
    end as number_key,
    case $sort when 'name' then lower(coalesce(p.name, p.email, h.person_id)) when 'account' then lower(coalesce(a.name, h.account_id))
      when 'role' then h.role end as text_key
  from here h
  left join people p on $sort in ('name', 'seen') and p.person_id = h.person_id
  left join accounts a on $sort = 'account' and a.account_id = h.account_id
  left join by_standing s on s.person_id = h.person_id and s.account_id = h.account_id
  left join by_use d on d.person_id = h.person_id
),
page as (
  select *, case when not $down then text_key end as text_up, case when $down then text_key end as text_down
  from keyed
  order by number_key nulls last, text_up nulls last, text_down desc nulls last, person_id, account_id
  limit $most offset $skip
),
stands as (
  select s.person_id, s.account_id, s.journey, s.standing, s.milestone, s.since_on, s.due_on, s.missing
  from standings s
  join page n on n.person_id = s.person_id and n.account_id = s.account_id
  where s.since_on <= $today and (s.until_on is null or s.until_on > $today) and ($journey is null or s.journey = $journey)
  qualify row_number() over (
    partition by s.person_id, s.account_id
    order by s.standing in ('strayed', 'lapsed') desc, s.due_on nulls last, s.journey
  ) = 1
),
used as (
  select u.person_id, count(distinct u.day) as days
  from usage_daily u
  where u.day >= $since and u.day <= $today and u.actor = 'human' and u.person_id in (select person_id from page)
  group by u.person_id
)
select n.person_id, coalesce(p.name, p.email, n.person_id) as name, p.email, p.title, n.role, n.champion, n.signs_renewal,
  s.journey, s.standing, s.milestone, s.since_on, s.due_on, s.missing, p.last_seen_at, n.account_id,
  coalesce(a.name, n.account_id) as account, cast(coalesce(u.days, 0) as integer) as active_days,
  o.odds, o.low, o.high, o.people
from page n
left join people p on p.person_id = n.person_id
left join accounts a on a.account_id = n.account_id
left join stands s on s.person_id = n.person_id and s.account_id = n.account_id
left join used u on u.person_id = n.person_id
left join odds o on s.standing = 'at_risk' and o.person_id = n.person_id and o.account_id = n.account_id and o.journey = s.journey
  and o.milestone = s.milestone
order by n.number_key nulls last, n.text_up nulls last, n.text_down desc nulls last, n.person_id, n.account_id
