-- The people of some subjects as they are at their accounts today; those who left have no row.
-- in: subjects (frame: person_id text, account_id text), today date (memberships that hold on it)
-- out: person_id text, account_id text, name text, email text, title text, role text,
--   unwilling boolean (another tool's history says that they unsubscribed, or that their address bounced)
with unwilling as (
  select distinct person_id from resolved_said
  where kind = 'delivery' and name in ('unsubscribed', 'bounced') and source <> 'waypost'
)
select
  s.person_id, s.account_id, p.name, p.email, p.title, m.role,
  s.person_id in (select person_id from unwilling where person_id is not null) as unwilling
from subjects s
join people p on p.person_id = s.person_id
join memberships m on m.person_id = s.person_id and m.account_id = s.account_id
where m.joined_on <= $today and (m.left_on is null or m.left_on > $today)
qualify row_number() over (partition by s.person_id, s.account_id order by m.joined_on desc) = 1
