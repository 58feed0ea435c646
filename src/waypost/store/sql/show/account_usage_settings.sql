-- The settings of one account as they stood at the end of the cutoff's day, with who changed them and what was before.
-- in: account text, cutoff date (inclusive)
-- out: setting text, value text, before text (null: the first value), since_at timestamp, person_id text, person text,
--      changes integer (>= 1)
select setting, value, before, since_at, person_id, person, changes
from (
  select s.setting, s.value, s.since_at, s.until_on, s.person_id, coalesce(p.name, p.email, s.person_id) as person,
    lag(s.value) over (partition by s.setting order by s.since_at, s.event_id) as before,
    count(*) over (partition by s.setting) as changes
  from settings s
  left join people p on p.person_id = s.person_id
  where s.account_id = $account and s.since_on <= $cutoff
) told
where until_on is null or until_on > $cutoff
order by setting
