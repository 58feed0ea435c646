-- The accounts of which segments are made, with the facts that their conditions ask about, as of a day.
-- Of a past day tier, region, owner, value and renewal are those of the day; traits are today's.
-- in: today date (the day asked for), past boolean (it is before the workspace's day), account text (null: all)
-- out: account_id text, tier text, region text, owner text (a member's e-mail), traits text (JSON), value double (a year,
--   contract's currency), renews_on date, score double (0 to 100, null when withheld), band text (no_data when there is none)
with newest as (
  select account_id, arg_max(score, on_day) as score, arg_max(band, on_day) as band
  from scores
  where on_day <= $today and on_day > $today - 30 and ($account is null or account_id = $account)
  group by account_id
)
select a.account_id, case when $past then e.tier else a.tier end as tier, case when $past then e.region else a.region end as region,
  case when $past then e.owner else a.owner end as owner, a.traits,
  case when $past then e.value else a.value end as value, case when $past then e.renews_on else a.renews_on end as renews_on,
  n.score, coalesce(n.band, 'no_data') as band
from accounts a
left join account_eras e
  on $past and e.account_id = a.account_id and e.since_on <= $today and coalesce(e.until_on, date '9999-12-31') > $today
left join newest n on n.account_id = a.account_id
where (a.ended_on is null or a.ended_on > $today) and ($account is null or a.account_id = $account)
  and (not $past or a.first_seen_at is null or cast(a.first_seen_at as date) <= $today)
