-- The features that everybody at their account used in the first days after access, in the order of their first use.
-- Only memberships whose first days are over, and that began in the span. One row for each.
-- Ends: sustained (their standing), on_path, strayed (or lapsed), gone (left, or no use within quiet_days), and none when on no
-- journey. Stayed means any use within the quiet_days after the first days; it is known once those are over too.
-- in: first_days integer (>= 1), quiet_days integer (>= 1), since date (inclusive), until date (inclusive), today date, all_accounts boolean, all_people boolean, role text (null: any), features (frame:
--     feature text, automated_counts boolean), some_accounts (frame: account_id text), some_people (frame: person_id text)
-- out: person_id text, account_id text, began_on date, path text (the features, parted by chr(31); empty when none was used),
--      ends text, known boolean (whether they stayed is known), stayed boolean, last_on date
with latest as (
  select person_id, account_id, role, left_on
  from memberships
  qualify row_number() over (partition by person_id, account_id order by joined_on desc) = 1
),
began as (
  select cast(row_number() over () as integer) as nr, m.person_id, m.account_id, min(m.provisioned_on) as day,
    any_value(l.left_on) as left_on
  from memberships m
  join latest l on l.person_id = m.person_id and l.account_id = m.account_id
  where ($all_accounts or m.account_id in (select account_id from some_accounts))
    and ($all_people or m.person_id in (select person_id from some_people)) and ($role is null or l.role = $role)
  group by m.person_id, m.account_id
  having min(m.provisioned_on) between $since and $until and min(m.provisioned_on) <= $today - cast($first_days as integer)
),
used as (
  select b.nr, b.day as began_on, u.day, u.feature, u.first_at
  from usage_daily u
  join features f on f.feature = u.feature and (u.actor = 'human' or f.automated_counts)
  join began b on b.person_id = u.person_id and b.account_id = u.account_id and u.day >= b.day
  where u.day >= $since and u.day <= $today
),
firsts as (
  select nr, feature, min(first_at) as first_at
  from used
  where day < began_on + cast($first_days as integer)
  group by nr, feature
),
sequences as (
  select nr, string_agg(feature, chr(31) order by first_at, feature) as path from firsts group by nr
),
lasting as (
  select nr, max(day) as last_on, bool_or(
    day >= began_on + cast($first_days as integer) and day < began_on + cast($first_days as integer) + cast($quiet_days as integer)
  ) as stayed
  from used
  group by nr
),
stands as (
  select person_id, account_id, min(standing) as standing
  from standings
  where since_on <= $today and (until_on is null or until_on > $today)
  group by person_id, account_id
)
select b.person_id, b.account_id, b.day as began_on, coalesce(s.path, '') as path,
  case
    when b.left_on <= $today or l.last_on is null or l.last_on <= $today - cast($quiet_days as integer) then 'gone'
    when t.standing = 'sustained' then 'sustained'
    when t.standing in ('strayed', 'lapsed') then 'strayed'
    when t.standing is null then 'none'
    else 'on_path'
  end as ends,
  b.day + cast($first_days as integer) + cast($quiet_days as integer) <= $today as known, coalesce(l.stayed, false) as stayed,
  l.last_on
from began b
left join sequences s on s.nr = b.nr
left join lasting l on l.nr = b.nr
left join stands t on t.person_id = b.person_id and t.account_id = b.account_id
order by b.day, b.person_id, b.account_id
