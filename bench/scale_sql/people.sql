-- Who there is: the account, the role, and from which day through which day somebody uses the product.
-- in: people, in_account, days bigint
-- out: table folk
create table folk as
with born as (
  select cast(range as integer) as p, cast(range // $in_account as integer) as account,
    case when range % $in_account = 0 then 0 when range % $in_account < 3 then 1 when range % $in_account * 30 < 17 * $in_account then 2
      else 3 end as role,
    case when chance(1, range // $in_account, 2) = 0 then 0 else chance(2, range // $in_account, 200) end as opened
  from range($people)
),
come as (
  select *, case when p % $in_account = 0 then opened else opened + chance(3, p, 60) end as joined from born
)
select p, account, cast(role as integer) as role, cast(opened as integer) as opened, cast(joined as integer) as joined,
  cast(case when chance(4, p, 8) = 0 then least($days, joined + 14 + chance(5, p, 180)) else $days end as integer) as until_day
from come
