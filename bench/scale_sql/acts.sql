-- What happens, in the order of its arrival: sessions (what 0), and single words of other systems (above 0).
-- in: events, people, in_account, days, a_session bigint, first_on date
-- out: table acts
create table acts as
with said as (
  select p, 1 as what, joined * 86400 + 28800 as at_s from folk
  union all select p, 2, joined * 86400 + 29100 from folk
  union all select p, 3, opened * 86400 + 28000 from folk where p % $in_account = 0
  union all select p, 4, opened * 86400 + 27000 from folk where p % $in_account = 0
  union all select p, 5, (joined + 45) * 86400 + 50000 from folk where p % 10 = 3 and joined + 45 < until_day
  union all select p, 6, (joined + 20) * 86400 + 40000 from folk where p % 12 = 5 and joined + 20 < $days
  union all select p, 7, (joined + 20 + chance(6, p, 9)) * 86400 + 60000 from folk
    where p % 12 = 5 and chance(7, p, 10) > 0 and joined + 29 < $days
  union all select p, 8, (until_day + 5) * 86400 + 36000 from folk where until_day + 5 < $days and p % 3 = 0
  union all select p, 9, (opened + 150) * 86400 + 36000 from folk
    where p % $in_account = 0 and account % 3 = 0 and opened + 150 < $days
),
-- One person in five has three fifths of the sessions.
visits as (
  select range as nr,
    case when chance(10, range, 10) < 6 then chance(11, range, greatest($people // 5, 1)) * 5 else chance(11, range, $people) end as p
  from range(greatest(($events - (select count(*) from said)) // $a_session, 0))
),
dated as (
  select v.nr, v.p, f.joined + chance(12, v.nr, greatest(least(f.until_day, $days) - f.joined, 1)) as day, f.joined
  from visits v
  join folk f on f.p = v.p
),
-- Three of four sessions of a weekend are had on the Thursday and Friday before it.
weekly as (
  select nr, p,
    case when isodow($first_on + cast(day as integer)) > 5 and chance(13, nr, 4) > 0 and day - 2 >= joined then day - 2 else day end
      * 86400 + 25200 + chance(14, nr, 43200) as at_s
  from dated
),
both_kinds as (
  select nr, p, 0 as what, at_s, $a_session as size, at_s + case when chance(15, nr, 300) = 0 then 200000 else 0 end as arrives_s
  from weekly
  union all
  select p, p, what, at_s, 1, at_s from said
),
numbered as (
  select *, row_number() over (order by arrives_s, what, nr) - 1 as place,
    sum(size) over (order by arrives_s, what, nr rows unbounded preceding) - size as before
  from both_kinds
)
select place, nr, cast(p as integer) as p, cast(what as tinyint) as what, cast(at_s as integer) as at_s,
  cast(arrives_s as integer) as arrives_s, cast(size as tinyint) as size, cast(before as bigint) as before,
  $first_on as first_on
from numbered
order by place
