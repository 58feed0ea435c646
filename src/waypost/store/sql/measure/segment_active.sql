-- On how many days people, or anybody of an account, were active in the windows that conditions ask about: used anything
-- that counts.
-- in: asked (frame: nr integer, since date (inclusive)), automated (frame: feature text; use of these by jobs counts),
--   until date (exclusive), by_person boolean, person text (null: everybody), account text (null: all)
-- out: nr integer, person_id text (null: the whole account), account_id text, n bigint (days, >= 1)
with used as (
  select a.nr, case when $by_person then u.person_id end as person_id, u.account_id, u.day, a.since
  from usage_daily u
  join asked a on u.day >= a.since
  where u.day < $until and (u.actor = 'human' or u.feature in (select feature from automated))
    and ($person is null or u.person_id = $person) and ($account is null or u.account_id = $account)
)
-- In a window of two months a day is one bit: to put bits together is much less than to tell days apart.
select nr, person_id, account_id, cast(bit_count(bit_or(1::bigint << cast(day - since as integer))) as bigint) as n
from used
where $until - since <= 60
group by nr, person_id, account_id
union all
select nr, person_id, account_id, count(distinct day)
from used
where $until - since > 60
group by nr, person_id, account_id
