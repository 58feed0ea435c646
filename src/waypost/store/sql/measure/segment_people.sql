-- The people of which segments are made: everybody who belongs to an account on a day, once for each account (the rows
-- of a belonging never overlap).
-- in: today date (the day asked for), person text (null: everybody), account text (null: all)
-- out: person_id text, account_id text, role text, champion boolean, signs_renewal boolean, provisioned_on date,
--   seen_on date (null: never seen)
select m.person_id, m.account_id, m.role, m.champion, m.signs_renewal, m.provisioned_on, cast(p.last_seen_at as date) as seen_on
from memberships m
left join people p on p.person_id = m.person_id
where m.joined_on <= $today and (m.left_on is null or m.left_on > $today)
  and ($person is null or m.person_id = $person) and ($account is null or m.account_id = $account)
