-- Where everybody on one journey stands today, counted: by milestone, standing and the first clause missed.
-- in: journey text, today date, everybody boolean (else only who is among these), pairs (frame: person_id, account_id text),
--   chosen_accounts (frame: account_id text),
--   since date, until date (they got access within them, until exclusive; both null: any), reached_since date
-- out: milestone text, standing text, clause text ('' when none is missing), people bigint (> 0), median_days double (days since
--   they stand so; of strays, of all at the milestone who missed the clause), since_on date (since when the first of them does), reached bigint (whom an intervention has reached since then)
with reached as (
  select distinct d.account_id, d.person_id
  from resolved_said d
  where d.kind = 'delivery' and (d.name = 'done' or d.name = 'sent' and json_extract_string(d.properties, '$.intervention_id') is not null)
    and d.happened_on >= $reached_since and d.person_id is not null
),
access as (
  select person_id, account_id, max(provisioned_on) as provisioned_on
  from memberships
  where $since is not null and joined_on <= $today and (left_on is null or left_on > $today)
  group by person_id, account_id
),
mine as (
  select coalesce(s.milestone, '') as milestone, s.standing, coalesce(json_extract_string(s.missing, '$[0].clause'), '') as clause,
    s.standing in ('strayed', 'lapsed') as strayed, s.since_on, r.person_id is not null as reached
  from every_standing s
  left join reached r on r.person_id = s.person_id and r.account_id = s.account_id
  where s.journey = $journey and s.since_on <= $today and (s.until_on is null or s.until_on > $today)
    and ($everybody or s.account_id in (select account_id from chosen_accounts)
      or exists (select 1 from pairs c where c.person_id = s.person_id and c.account_id = s.account_id))
    and ($since is null or exists (
      select 1 from access m
      where m.person_id = s.person_id and m.account_id = s.account_id and m.provisioned_on >= $since and m.provisioned_on < $until
    ))
),
typical as (
  select milestone, clause, strayed, median(cast($today - since_on as double)) as median_days from mine group by 1, 2, 3
)
select m.milestone, m.standing, m.clause, count(*) as people, any_value(t.median_days) as median_days, min(m.since_on) as since_on,
  count(*) filter (m.reached) as reached
from mine m
join typical t on t.milestone = m.milestone and t.clause = m.clause and t.strayed = m.strayed
group by 1, 2, 3
order by people desc, m.milestone, m.clause, m.standing
