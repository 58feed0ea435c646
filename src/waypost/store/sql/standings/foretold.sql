-- Whose standing the events after an arrival may change by what they say was learnt: who was called at risk or no longer, and
-- everybody on a journey of which they say that odds, or the rule of thumb again, judge a milestone.
-- in: after bigint (exclusive)
-- out: person_id text (null: the account as a whole), account_id text, since_on date (from which day on)
with told as (
  select * from learnt where arrival > $after
),
whose as (
  select s.person_id, s.account_id, t.on_day
  from told t
  join every_standing s on s.account_id = t.account_id and s.person_id is not distinct from t.person_id
  where t.name in ('at_risk', 'not_at_risk')
  union all
  select s.person_id, s.account_id, t.on_day
  from told t
  join every_standing s on s.journey = t.journey
  where t.account_id is null and t.name in ('by_odds', 'by_rule') and (s.until_on is null or s.until_on > t.on_day)
)
select person_id, account_id, min(on_day) as since_on from whose group by person_id, account_id
