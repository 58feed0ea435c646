-- All accounts with the newest state of their score.
-- in: nothing
-- out: account_id text, name text, tier text, owner text (a member's e-mail), region text, traits text (JSON),
--   value double (a year, contract's currency), renews_on date, score double (0 to 100, null when withheld), band text
with latest as (
  select account_id, score, band from scores
  qualify row_number() over (partition by account_id order by on_day desc, scorecard) = 1
)
select a.account_id, a.name, a.tier, a.owner, a.region, a.traits, a.value, a.renews_on, l.score, l.band
from accounts a
left join latest l on l.account_id = a.account_id
