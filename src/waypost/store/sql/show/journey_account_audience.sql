-- The accounts that a journey of accounts is for, and how many there are; when there are more than can be judged at once, some
-- drawn evenly.
-- in: audience (frame: role text (null), tier text (null: any)), since date (who left before is left out), most integer
-- out: account_id text, of_all bigint (how many accounts there are in all)
with fitting as (
  select distinct m.account_id
  from memberships m
  left join accounts c on c.account_id = m.account_id
  join audience a on a.tier is null or a.tier = c.tier
  where m.left_on is null or m.left_on > $since
)
select account_id, count(*) over () as of_all
from fitting
qualify row_number() over (order by md5(account_id)) <= $most
