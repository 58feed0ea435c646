-- What was decided before, by us or by another tool whose history came in as events: who was held out, and when chosen.
-- in: since timestamp (UTC, inclusive; for chosen_at)
-- out: play text, account_id text, person_id text (null: the whole account), held_out boolean (as first decided for
--   the account), share double (0 to 1, null when it does not say), chosen_at timestamp (UTC, last; null before since)
with decided as (
  select
    json_extract_string(properties, '$.play') as play, account_id, person_id, happened_at, arrival,
    coalesce(json_extract_string(properties, '$.held_out') = 'true', false) as held_out,
    try_cast(json_extract_string(properties, '$.holdout_share') as double) as share
  from resolved_said
  where kind = 'intervention' and name = 'decided' and account_id is not null
),
first_of_account as (
  select play, account_id, held_out, share from decided
  qualify row_number() over (partition by play, account_id order by happened_at, arrival) = 1
)
select
  d.play, d.account_id, d.person_id, f.held_out, f.share,
  max(case when d.happened_at >= $since then d.happened_at end) as chosen_at
from decided d
join first_of_account f on f.play = d.play and f.account_id = d.account_id
where d.play is not null
group by d.play, d.account_id, d.person_id, f.held_out, f.share
