-- Every feature that one account has used until the cutoff: when first and last, by how many, and how much lately.
-- in: account text, cutoff date (inclusive), within_days integer (>= 1): the window, before_days integer: the span before
--     it from which abandoned features are known
-- out: feature text, actor text (human, automated), first_on date, first_by text, last_on date, last_at timestamp,
--      people integer, days integer, uses integer, quantity double (all within the window),
--      uses_before integer (in a window of the same length before it), days_before integer (in the span before it)
with used as (
  select u.feature, case when u.actor = 'human' then 'human' else 'automated' end as actor, min(u.day) as first_on,
    arg_min(u.person_id, (u.first_at, u.person_id)) as first_by, max(u.day) as last_on,
    max(u.last_at) as last_at,
    count(distinct case when u.day > $cutoff - cast($within_days as integer) then u.person_id end) as people,
    count(distinct case when u.day > $cutoff - cast($within_days as integer) then (u.person_id, u.day) end) as days,
    cast(coalesce(sum(case when u.day > $cutoff - cast($within_days as integer) then u.n end), 0) as bigint) as uses,
    sum(case when u.day > $cutoff - cast($within_days as integer) then u.quantity end) as quantity,
    cast(coalesce(sum(case when u.day <= $cutoff - cast($within_days as integer)
      and u.day > $cutoff - 2 * cast($within_days as integer) then u.n end), 0) as bigint) as uses_before,
    count(distinct case when u.day <= $cutoff - cast($within_days as integer)
      and u.day > $cutoff - cast($within_days as integer) - cast($before_days as integer) then u.day end) as days_before
  from usage_daily u
  where u.account_id = $account and u.day <= $cutoff
  group by 1, 2
)
select u.* replace (coalesce(p.name, p.email, u.first_by) as first_by)
from used u
left join people p on p.person_id = u.first_by
order by u.uses desc, u.feature, u.actor
