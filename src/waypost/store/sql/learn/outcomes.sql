-- Whom a play chose first and whether they reached its goal, a feature used or a signal, within the window after the decision.
-- in: play text, feature text (the goal; null when it is a signal), signal text (its name; null when the goal is a feature),
--   journey text (of the signal; null: of any), within_days integer, today date
-- in: planned_share double (0 to 1, for decisions that do not say their own)
-- out: account_id text, person_id text (null: the whole account), decided_on date, held_out boolean, share double,
--   closed boolean (all days of the window are over), reached boolean, contacted boolean
with chosen as (
  select
    account_id, person_id, happened_at, happened_on,
    json_extract_string(properties, '$.intervention_id') as intervention_id,
    coalesce(json_extract_string(properties, '$.held_out') = 'true', false) as held_out,
    coalesce(try_cast(json_extract_string(properties, '$.holdout_share') as double), $planned_share) as share
  from resolved_said
  where kind = 'intervention' and name = 'decided' and account_id is not null
    and json_extract_string(properties, '$.play') = $play
  qualify row_number() over (partition by account_id, person_id order by happened_at, arrival) = 1
),
delivered as (
  select distinct json_extract_string(properties, '$.intervention_id') as intervention_id
  from said
  where kind = 'delivery' and name in ('sent', 'done')
),
goals as (
  select account_id, person_id, first_at, last_at from usage_daily where feature = $feature
  union all
  select account_id, person_id, happened_at, happened_at
  from resolved_said
  where kind = 'signal' and name = $signal and ($journey is null or json_extract_string(properties, '$.journey') = $journey)
)
select
  c.account_id, c.person_id, c.happened_on as decided_on, c.held_out, c.share,
  c.happened_on + cast($within_days as integer) < $today as closed,
  exists (
    select 1 from goals g
    where g.account_id = c.account_id and (c.person_id is null or g.person_id = c.person_id)
      and g.last_at >= c.happened_at and g.first_at < c.happened_at + to_days(cast($within_days as integer))
  ) as reached,
  c.intervention_id in (select intervention_id from delivered where intervention_id is not null) as contacted
from chosen c
order by c.account_id, c.person_id
