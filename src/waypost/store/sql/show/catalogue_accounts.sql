-- Which accounts have a value of a setting today, the latest to change first.
-- in: setting text, value text (null: any)
-- out: account_id text, account text, value text, since_at timestamp, person_id text: who set it, person text
select s.account_id, coalesce(a.name, s.account_id) as account, s.value, s.since_at, s.person_id, coalesce(p.name, s.person_id) as person
from settings s
left join accounts a on a.account_id = s.account_id
left join people p on p.person_id = s.person_id
where s.setting = $setting and s.until_on is null and ($value is null or s.value = $value)
order by s.since_at desc, s.account_id
