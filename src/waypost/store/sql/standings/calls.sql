-- What odds said of some stays: by what each milestone of their journeys is judged from which day on, and who was called at risk.
-- The last word of a day holds. A call counts for the stay in which it was made, not for one that came before or after.
-- in: stays (frame: stay bigint, person_id text (null: the account), account_id text, rulebook_nr bigint, provisioned_on date),
--     versions (frame: rulebook_nr bigint, journey text, version bigint), last_on date (inclusive)
-- out: rulebook_nr bigint, stay bigint (null: everybody), milestone text, on_day date,
--   holds boolean (of everybody: odds judge, not the rule; of a stay: called at risk)
with told as materialized (
  select * from learnt where on_day <= $last_on
),
judged as (
  select v.rulebook_nr, null::bigint as stay, t.milestone, t.on_day, t.name = 'by_odds' as holds, t.happened_at, t.event_id
  from told t
  join versions v on v.journey = t.journey and v.version = t.version
  where t.account_id is null and t.name in ('by_odds', 'by_rule')
),
called as (
  select s.rulebook_nr, s.stay, t.milestone, t.on_day, t.name = 'at_risk' as holds, t.happened_at, t.event_id
  from told t
  join stays s on s.account_id = t.account_id and s.person_id is not distinct from t.person_id and s.provisioned_on <= t.on_day
  join versions v on v.rulebook_nr = s.rulebook_nr and v.journey = t.journey
  where t.name in ('at_risk', 'not_at_risk')
)
select rulebook_nr, stay, milestone, on_day, holds
from (select * from judged union all select * from called) said
qualify row_number() over (partition by rulebook_nr, stay, milestone, on_day order by happened_at desc, event_id desc) = 1
