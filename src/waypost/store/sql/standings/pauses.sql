-- The days on which the clock of each stay stood still: pauses of the person and of the account, joined where they overlap.
-- Whoever uses the product is not away: a pause ends with the first use that counts.
-- in: stays (frame: stay bigint, person_id, account_id text), features (frame: feature text, automated_counts boolean),
--     last_on date (inclusive: a pause without an end lasts through it)
-- out: stay bigint, from_on date, until_on date (exclusive)
with mine as (
  select s.stay, s.person_id, s.account_id, p.from_on, coalesce(p.until_on, cast($last_on + 1 as date)) as until_on
  from pauses p
  join stays s on s.account_id = p.account_id and (p.person_id is null or p.person_id = s.person_id)
  where p.from_on <= $last_on
),
used as (
  select m.stay, m.from_on, min(u.day) as day
  from mine m
  join usage_daily u on u.person_id = m.person_id and u.account_id = m.account_id and u.day >= m.from_on and u.day < m.until_on
  join features f on f.feature = u.feature and (u.actor = 'human' or f.automated_counts)
  group by m.stay, m.from_on
),
ended as (
  select m.stay, m.from_on, max(coalesce(u.day, m.until_on)) as until_on
  from mine m
  left join used u on u.stay = m.stay and u.from_on = m.from_on
  group by m.stay, m.from_on
),
joined as (
  select stay, until_on,
    greatest(from_on, coalesce(max(until_on) over (
      partition by stay order by from_on rows between unbounded preceding and 1 preceding
    ), from_on)) as from_on
  from ended
)
select stay, from_on, until_on from joined where from_on < until_on
