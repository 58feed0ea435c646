-- The people whom a journey is for by role, tier and plan, and how many there are; when there are more than can be looked at at
-- once, whole accounts drawn evenly.
-- in: audience (frame: role, tier, plan text (null: any)), since date (who left before is left out), most integer
-- out: person_id text, draw text (people of the lowest are drawn first), of_all bigint (how many people there are in all)
with fitting as (
  select m.person_id, min(md5(m.account_id)) as draw
  from memberships m
  left join account_eras c on c.account_id = m.account_id and c.since_on < coalesce(m.left_on, date '9999-12-31')
    and coalesce(c.until_on, date '9999-12-31') > greatest(m.joined_on, cast($since as date))
  join audience a on (a.role is null or a.role = m.role) and (a.tier is null or a.tier = c.tier) and (a.plan is null or a.plan = c.plan)
  where m.left_on is null or m.left_on > $since
  group by m.person_id
)
select person_id, draw, count(*) over () as of_all
from fitting
qualify row_number() over (order by draw, person_id) <= $most
