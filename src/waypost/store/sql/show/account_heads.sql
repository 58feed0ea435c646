-- What a touch says of its account: name, newest band, value and renewal.
-- in: scope (frame: account_id text), today date
-- out: account_id text, name text, band text (null: no score yet), value double, currency text, renews_on date
select a.account_id, a.name, s.band, a.value, a.currency, a.renews_on
from accounts a
left join (
  select account_id, arg_max(band, on_day) as band
  from scores
  where account_id in (select account_id from scope) and on_day > $today - 30 and on_day <= $today
  group by account_id
) s on s.account_id = a.account_id
where a.account_id in (select account_id from scope)
