-- Who (which accounts, on a journey of accounts) is underway, least likely to be in time first; whoever has met the milestone since this morning is left out.
-- in: journey text, milestone text (null: any), at_risk boolean (null: any; true: only people at risk), today date,
--     most integer, skip integer
-- out: person_id text (empty: the account as a whole), name text, title text, role text, champion boolean, signs_renewal boolean, account_id text, account text,
--   journey text, milestone text, due_on date, since_on date, standing text, missing text, last_seen_at timestamp, odds double (null: by the rule), low double, high double,
--   people integer (whose history it is), at_risk boolean, why text, total integer (rows without the limit)
with underway as (
  select o.*, s.standing, s.missing, s.since_on
  from odds o
  join every_standing s on s.person_id is not distinct from o.person_id and s.account_id = o.account_id and s.journey = o.journey
    and s.version = o.version and s.milestone = o.milestone and s.missing <> '[]'
    and s.since_on <= $today and (s.until_on is null or s.until_on > $today)
  where o.journey = $journey and ($milestone is null or o.milestone = $milestone) and o.due_on >= $today
),
counted as (
  select *, count(*) over () as total
  from underway
  where $at_risk is null or (standing = 'at_risk') = $at_risk
  order by odds nulls last, due_on, person_id, account_id
  limit $most offset $skip
)
select coalesce(c.person_id, '') as person_id, coalesce(p.name, p.email, c.person_id, a.name, c.account_id) as name, p.title, m.role, coalesce(m.champion, false) as champion,
  coalesce(m.signs_renewal, false) as signs_renewal, c.account_id, coalesce(a.name, c.account_id) as account,
  c.journey, c.milestone, c.due_on, c.since_on, c.standing, c.missing, p.last_seen_at, c.odds, c.low, c.high, c.people, c.standing = 'at_risk' as at_risk, c.why, c.total
from counted c
left join people p on p.person_id = c.person_id
left join accounts a on a.account_id = c.account_id
left join (
  select person_id, account_id, max(role) as role, bool_or(champion) as champion, bool_or(signs_renewal) as signs_renewal
  from memberships
  where joined_on <= $today and (left_on is null or left_on > $today)
  group by person_id, account_id
) m on m.person_id = c.person_id and m.account_id = c.account_id
order by c.odds nulls last, c.due_on, c.person_id, c.account_id
