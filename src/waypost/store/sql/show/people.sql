-- People and their standings, strays first, filtered by journey, milestone, standing and account.
-- in: today date, journey text (null: any), milestone text (null: any), strays boolean (null: any; true: only strays;
--     false: only people on the path), account text (null: any), most integer, skip integer
-- out: person_id text, name text, title text, role text, champion boolean, signs_renewal boolean, journey text,
--      standing text, milestone text, since_on date, due_on date, missing text, last_seen_at timestamp,
--      account_id text, account text, total integer (rows without the limit)
select s.person_id, coalesce(p.name, p.email, s.person_id) as name, p.title, m.role, coalesce(m.champion, false) as champion,
  coalesce(m.signs_renewal, false) as signs_renewal, s.journey, s.standing, s.milestone, s.since_on, s.due_on, s.missing,
  p.last_seen_at, s.account_id, coalesce(a.name, s.account_id) as account, s.total
from (
  select *, count(*) over () as total
  from standings
  where since_on <= $today and (until_on is null or until_on > $today)
    and ($journey is null or journey = $journey) and ($milestone is null or milestone = $milestone)
    and ($strays is null or $strays = (standing in ('strayed', 'lapsed')))
    and ($account is null or account_id = $account)
  order by standing in ('strayed', 'lapsed') desc, since_on desc, person_id, account_id
  limit $most offset $skip
) s
left join people p on p.person_id = s.person_id
left join accounts a on a.account_id = s.account_id
left join (
  select person_id, account_id, max(role) as role, bool_or(champion) as champion, bool_or(signs_renewal) as signs_renewal
  from memberships
  where joined_on <= $today and (left_on is null or left_on > $today)
  group by person_id, account_id
) m on m.person_id = s.person_id and m.account_id = s.account_id
order by s.standing in ('strayed', 'lapsed') desc, s.since_on desc, s.person_id, s.account_id
