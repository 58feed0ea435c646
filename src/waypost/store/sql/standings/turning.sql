-- Whose standing can be another on a later day though nothing new was heard of them: a deadline passes, use leaves a window, or
-- something begins or ends that was dated ahead. Who has ever paused is always among them, for their deadlines move.
-- in: after date (exclusive), today date (inclusive), begun (frame: day date: access given on it has a deadline that passes),
--     leaving (frame: day date, feature text (null: any): use on it leaves a window), gated (frame: role text: whoever has or had it
--     may be on a journey with an entry or exit of its own)
-- out: person_id text
with moved as (
  select account_id from settings where (since_on > $after and since_on <= $today) or (until_on > $after and until_on <= $today)
  union all
  select account_id from account_eras where since_on > $after and since_on <= $today
  union all
  select account_id from pauses where person_id is null
)
select u.person_id from usage_daily u join leaving l on l.day = u.day and l.feature = u.feature
union
select person_id
from usage_daily
where (day > $after and day <= $today) or day in (select day from leaving where feature is null)
union
select person_id
from memberships
where provisioned_on in (select day from begun) or (provisioned_on > $after and provisioned_on <= $today)
  or (joined_on > $after and joined_on <= $today) or (left_on > $after and left_on <= $today)
  or account_id in (select account_id from moved) or role in (select role from gated)
union
select person_id from pauses where person_id is not null
union
select s.person_id
from learnt t
join standings s on s.journey = t.journey and (t.person_id is null or s.person_id = t.person_id)
where t.on_day > $after and t.on_day <= $today
