-- The accounts of which segments are made, with the facts that their conditions ask about, as of a day.
-- Value and renewal of a past day are those of the contracts in force on it; tier, region, owner and traits are today's.
-- in: today date (the day asked for), past boolean (it is before the workspace's day), account text (null: all)
-- out: account_id text, tier text, region text, owner text (a member's e-mail), traits text (JSON), value double (a year,
--   contract's currency), renews_on date, score double (0 to 100, null when withheld), band text (no_data when there is none)
with terms as (
  select account_id, sum(value) as value, min(renews_on) as renews_on
  from contracts
  where $past and not ended and since_on <= $today and (until_on is null or until_on > $today)
    and ($account is null or account_id = $account)
  group by account_id
),
newest as (
  select account_id, arg_max(score, on_day) as score, arg_max(band, on_day) as band
  from scores
  where on_day <= $today and on_day > $today - 30 and ($account is null or account_id = $account)
  group by account_id
)
select a.account_id, a.tier, a.region, a.owner, a.traits,
  case when $past then t.value else a.value end as value, case when $past then t.renews_on else a.renews_on end as renews_on,
  n.score, coalesce(n.band, 'no_data') as band
from accounts a
left join terms t on t.account_id = a.account_id
left join newest n on n.account_id = a.account_id
where (a.ended_on is null or a.ended_on > $today) and ($account is null or a.account_id = $account)
  and (not $past or a.first_seen_at is null or cast(a.first_seen_at as date) <= $today)
