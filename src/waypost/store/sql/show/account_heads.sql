-- What a touch says of its account: name, newest score, value and renewal.
-- in: accounts list of text, today date
-- out: account_id text, name text, score double, band text, value double, currency text, renews_on date
select a.account_id, a.name, s.score, s.band, a.value, a.currency, a.renews_on
from accounts a
left join scores s on s.account_id = a.account_id
  and s.on_day = (select max(on_day) from scores where account_id = a.account_id and on_day <= $today)
where a.account_id in (select unnest($accounts))
