-- The accounts that a journey of accounts is for by tier and plan, and how many there are; when there are more than can be looked at
-- at once, some drawn evenly.
-- in: audience (frame: role text (null), tier, plan text (null: any)), since date (who left before is left out), most integer
-- out: account_id text, draw text (the lowest are drawn first), of_all bigint (how many accounts there are in all)
with fitting as (
  select distinct m.account_id
  from memberships m
  left join account_eras c on c.account_id = m.account_id and c.since_on < coalesce(m.left_on, date '9999-12-31')
    and coalesce(c.until_on, date '9999-12-31') > greatest(m.joined_on, cast($since as date))
  join audience a on (a.tier is null or a.tier = c.tier) and (a.plan is null or a.plan = c.plan)
  where m.left_on is null or m.left_on > $since
)
select account_id, md5(account_id) as draw, count(*) over () as of_all
from fitting
qualify row_number() over (order by md5(account_id)) <= $most
