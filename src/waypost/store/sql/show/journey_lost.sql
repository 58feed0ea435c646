-- Who was lost, and since when: without any use for so many days (counted from the last use, or from day 0 when there was
-- none), or with the contract of the account ended, whichever came first. Somebody who came back later was lost all the same.
-- A stay without a person is that of an account: what anybody there does is its own.
-- in: stays (frame: person_id text (null: the account), account_id text, provisioned_on date, until_on date (exclusive, null: open)),
--     features (frame: feature text, automated_counts boolean), silent_days integer, today date (inclusive)
-- out: person_id text (of an account: its id), account_id text, lost_on date (<= today)
with used as (
  select distinct s.person_id, s.account_id, s.until_on, u.day
  from usage_daily u
  join stays s on s.person_id = u.person_id and s.account_id = u.account_id and u.day >= s.provisioned_on
  join features f on f.feature = u.feature and (u.actor = 'human' or f.automated_counts)
  where u.day <= $today
  union
  select distinct s.person_id, s.account_id, s.until_on, u.day
  from usage_daily u
  join stays s on s.person_id is null and s.account_id = u.account_id and u.day >= s.provisioned_on
  join features f on f.feature = u.feature and (u.actor = 'human' or f.automated_counts)
  where u.day <= $today
  union
  select person_id, account_id, until_on, provisioned_on from stays
),
silences as (
  select person_id, account_id, until_on, cast(day + cast($silent_days as integer) as date) as lost_on,
    lead(day) over (partition by person_id, account_id order by day) as next_on
  from used
),
lost as (
  select person_id, account_id, lost_on from silences
  where lost_on <= $today and (until_on is null or lost_on < until_on) and (next_on is null or next_on > lost_on)
  union all
  select s.person_id, s.account_id, c.ended_on
  from stays s
  join accounts c on c.account_id = s.account_id
  where c.ended_on <= $today and c.ended_on >= s.provisioned_on and (s.until_on is null or c.ended_on <= s.until_on)
)
select coalesce(person_id, account_id) as person_id, account_id, min(lost_on) as lost_on from lost group by 1, 2
