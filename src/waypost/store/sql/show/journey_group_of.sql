-- Which group each person at an account is in, to compare groups by.
-- in: people (frame: person_id, account_id text, provisioned_on date), by text (month: of day 0; role; tier; segment: whether among
--   pairs or chosen_accounts), pairs (frame: person_id, account_id text), chosen_accounts (frame: account_id text)
-- out: person_id, account_id text, name text (of the group; in or out of a segment)
with roles as (
  select person_id, account_id, arg_max(role, joined_on) as role from memberships group by person_id, account_id
)
select f.person_id, f.account_id,
  case $by when 'month' then strftime(f.provisioned_on, '%Y-%m') when 'role' then r.role when 'tier' then a.tier
    when 'segment' then case when c.account_id is not null or p.person_id is not null then 'in' else 'out' end end as name
from people f
left join roles r on $by = 'role' and r.person_id = f.person_id and r.account_id = f.account_id
left join accounts a on $by = 'tier' and a.account_id = f.account_id
left join pairs p on p.person_id = f.person_id and p.account_id = f.account_id
left join chosen_accounts c on c.account_id = f.account_id
