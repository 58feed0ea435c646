-- How many of each group of people on one journey are on the path today, by account, for a share with its interval.
-- in: journey text, today date, by text (month: in which they got access; role; tier; segment: whether among pairs or chosen_accounts),
--   pairs (frame: person_id, account_id text), chosen_accounts (frame: account_id text)
-- out: name text (of the group; in or out of a segment), account_id text, people bigint (> 0), strays bigint
with mine as (
  select s.person_id, s.account_id, s.standing in ('strayed', 'lapsed') as strayed
  from standings s
  where s.journey = $journey and s.since_on <= $today and (s.until_on is null or s.until_on > $today)
),
belongs as (
  select person_id, account_id, max(provisioned_on) as provisioned_on, arg_max(role, joined_on) as role
  from memberships
  where joined_on <= $today and (left_on is null or left_on > $today)
  group by person_id, account_id
)
select
  case $by when 'month' then strftime(b.provisioned_on, '%Y-%m') when 'role' then b.role when 'tier' then a.tier
    when 'segment' then case when c.account_id is not null or p.person_id is not null then 'in' else 'out' end end as name,
  m.account_id, count(*) as people, count(*) filter (m.strayed) as strays
from mine m
join belongs b on b.person_id = m.person_id and b.account_id = m.account_id
left join accounts a on $by = 'tier' and a.account_id = m.account_id
left join pairs p on p.person_id = m.person_id and p.account_id = m.account_id
left join chosen_accounts c on c.account_id = m.account_id
group by 1, 2
having name is not null
