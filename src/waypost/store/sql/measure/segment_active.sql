-- On how many days people, or anybody of an account, were active in the windows that conditions ask about: used anything
-- that counts.
-- in: asked (frame: nr integer, since date (inclusive)), automated (frame: feature text; use of these by jobs counts),
--   until date (exclusive), by_person boolean, person text (null: everybody), account text (null: all)
-- out: nr integer, person_id text (null: the whole account), account_id text, n bigint (days, >= 1)
select a.nr, case when $by_person then u.person_id end as person_id, u.account_id, count(distinct u.day) as n
from usage_daily u
join asked a on u.day >= a.since
where u.day < $until and (u.actor = 'human' or u.feature in (select feature from automated))
  and ($person is null or u.person_id = $person) and ($account is null or u.account_id = $account)
group by 1, 2, 3
