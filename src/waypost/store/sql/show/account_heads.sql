-- What a touch says of its account: name, newest score, value and renewal.
-- in: accounts list of text, today date
-- out: account_id text, name text, score double, band text, value double, currency text, renews_on date
select a.account_id, a.name, s.score, s.band, a.value, a.currency, a.renews_on
from accounts a
left join (
  select account_id, arg_max(score, on_day) as score, arg_max(band, on_day) as band
  from scores
  where account_id in (select unnest($accounts)) and on_day > $today - 30 and on_day <= $today
  group by account_id
) s on s.account_id = a.account_id
where a.account_id in (select unnest($accounts))
