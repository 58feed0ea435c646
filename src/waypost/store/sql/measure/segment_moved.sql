-- The score and band of accounts at the start of some periods; those with none in the 30 days before have no row.
-- in: asked (frame: nr integer, since date (the day at whose end the period starts)), account text (null: all)
-- out: nr integer, account_id text, score_before double (null when withheld), band_before text
select a.nr, s.account_id, arg_max(s.score, s.on_day) as score_before, arg_max(s.band, s.on_day) as band_before
from scores s
join asked a on s.on_day <= a.since and s.on_day > a.since - 30
where $account is null or s.account_id = $account
group by 1, 2
