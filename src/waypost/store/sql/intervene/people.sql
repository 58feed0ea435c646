-- The people of some subjects as they are at their accounts today; those who left have no row.
-- in: subjects (frame: person_id text, account_id text), today date (memberships that hold on it)
-- out: person_id text, account_id text, name text, email text, title text, role text,
--   unwilling boolean (another tool says that they unsubscribed or complained, or that
--   their address bounced; of them, or of the address that they have)
with unwilling as (
  select person_id, lower(json_extract_string(properties, '$.address')) as address from resolved_said
  where kind = 'delivery' and name in ('unsubscribed', 'complained', 'bounced') and source <> 'waypost'
)
select
  s.person_id, s.account_id, p.name, p.email, p.title, m.role,
  s.person_id in (select person_id from unwilling where person_id is not null)
    or coalesce(lower(p.email) in (select address from unwilling where address is not null), false) as unwilling
from subjects s
join people p on p.person_id = s.person_id
join memberships m on m.person_id = s.person_id and m.account_id = s.account_id
where m.joined_on <= $today and (m.left_on is null or m.left_on > $today)
qualify row_number() over (partition by s.person_id, s.account_id order by m.joined_on desc) = 1
