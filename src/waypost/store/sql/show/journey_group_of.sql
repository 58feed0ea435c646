-- Which group each stay on a journey is in, to compare groups by.
-- in: stays (frame: person_id, account_id text, provisioned_on date: day 0 of the stay, which a journey with an entry counts from
--   there), by text (month: in which they got access, the last time before; role; tier; segment: whether among pairs or
--   chosen_accounts), pairs (frame: person_id, account_id text), chosen_accounts (frame: account_id text)
-- out: person_id, account_id text, provisioned_on date, name text (of the group; in or out of a segment)
with roles as (
  select person_id, account_id, arg_max(role, joined_on) as role from memberships group by person_id, account_id
),
access as (
  select s.person_id, s.account_id, s.provisioned_on, max(m.provisioned_on) as access_on
  from stays s
  join memberships m on m.person_id = s.person_id and m.account_id = s.account_id and m.provisioned_on <= s.provisioned_on
  where $by = 'month'
  group by s.person_id, s.account_id, s.provisioned_on
)
select s.person_id, s.account_id, s.provisioned_on,
  case $by when 'month' then strftime(d.access_on, '%Y-%m') when 'role' then r.role when 'tier' then a.tier
    when 'segment' then case when c.account_id is not null or p.person_id is not null then 'in' else 'out' end end as name
from stays s
left join access d on d.person_id = s.person_id and d.account_id = s.account_id and d.provisioned_on = s.provisioned_on
left join roles r on $by = 'role' and r.person_id = s.person_id and r.account_id = s.account_id
left join accounts a on $by = 'tier' and a.account_id = s.account_id
left join pairs p on p.person_id = s.person_id and p.account_id = s.account_id
left join chosen_accounts c on c.account_id = s.account_id
