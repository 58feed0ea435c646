-- The people of one account with their standing on each journey, strays first.
-- in: account text, today date
-- out: person_id text, name text, title text, role text, champion boolean, signs_renewal boolean, journey text,
--      standing text, milestone text, since_on date, due_on date, missing text, last_seen_at timestamp, odds, low, high double (0 to 1), people bigint: by which
--      odds somebody stands at risk (null: by the rule of thumb, and of all others)
select m.person_id, coalesce(p.name, p.email, m.person_id) as name, p.title, m.role, m.champion, m.signs_renewal,
  s.journey, s.standing, s.milestone, s.since_on, s.due_on, s.missing, p.last_seen_at, o.odds, o.low, o.high, o.people
from (
  select person_id, max(role) as role, bool_or(champion) as champion, bool_or(signs_renewal) as signs_renewal
  from memberships
  where account_id = $account and joined_on <= $today and (left_on is null or left_on > $today)
  group by person_id
) m
left join people p on p.person_id = m.person_id
left join standings s on s.person_id = m.person_id and s.account_id = $account
  and s.since_on <= $today and coalesce(s.until_on, date '9999-12-31') > $today
left join odds o on s.standing = 'at_risk' and o.person_id = m.person_id and o.account_id = $account and o.journey = s.journey
  and o.milestone = s.milestone
order by s.standing in ('strayed', 'lapsed') desc nulls last, s.since_on desc nulls last, name, m.person_id
