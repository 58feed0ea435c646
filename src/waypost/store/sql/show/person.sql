-- One person with each account they belong to or belonged to.
-- in: person text
-- out: person_id text, name text, email text, title text, first_seen_at timestamp, last_seen_at timestamp,
--      account_id text, account text, role text, champion boolean, signs_renewal boolean, provisioned_on date, left_on date
select p.person_id, coalesce(p.name, p.email, p.person_id) as name, p.email, p.title, p.first_seen_at, p.last_seen_at,
  m.account_id, coalesce(a.name, m.account_id) as account, m.role, coalesce(m.champion, false) as champion,
  coalesce(m.signs_renewal, false) as signs_renewal, m.provisioned_on, m.left_on
from people p
left join memberships m on m.person_id = p.person_id
left join accounts a on a.account_id = m.account_id
where p.person_id = $person
order by m.left_on is null desc, m.joined_on desc
