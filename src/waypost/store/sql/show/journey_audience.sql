-- The people whom a journey is for, and how many there are; when there are more than can be judged at once, whole accounts
-- drawn evenly.
-- in: audience (frame: role text (null: any), tier text (null: any)), since date (who left before is left out), most integer
-- out: person_id text, of_all bigint (how many people there are in all)
with fitting as (
  select m.person_id, min(md5(m.account_id)) as draw
  from memberships m
  left join accounts c on c.account_id = m.account_id
  join audience a on (a.role is null or a.role = m.role) and (a.tier is null or a.tier = c.tier)
  where m.left_on is null or m.left_on > $since
  group by m.person_id
)
select person_id, count(*) over () as of_all
from fitting
qualify row_number() over (order by draw, person_id) <= $most
