-- Use of one account week by week, people and automated use apart; a week is seven days counted back from the cutoff.
-- in: account text, cutoff date (inclusive), weeks integer (>= 1)
-- out: week integer (0: the one that ends with the cutoff), actor text (human, automated), people integer (>= 1),
--      person_days integer (>= 1), uses integer (>= 1)
select cast(($cutoff - day) // 7 as integer) as week, case when actor = 'human' then 'human' else 'automated' end as actor,
  count(distinct person_id) as people, count(distinct (person_id, day)) as person_days, cast(sum(n) as bigint) as uses
from usage_daily
where account_id = $account and day <= $cutoff and day > $cutoff - 7 * cast($weeks as integer)
group by all
order by all
