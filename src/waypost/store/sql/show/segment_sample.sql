-- Some accounts as a segment lists them.
-- in: chosen (frame: account_id text), today date, most integer
-- out: account_id text, name text, tier text, owner text, region text, value double (a year), currency text, renews_on date,
--   score double, band text; by value, the largest first
select a.account_id, a.name, a.tier, a.owner, a.region, a.value, a.currency, a.renews_on, s.score, s.band
from accounts a
join chosen c on c.account_id = a.account_id
left join (
  select account_id, arg_max(score, on_day) as score, arg_max(band, on_day) as band
  from scores
  where on_day > $today - 30 and on_day <= $today
  group by account_id
) s on s.account_id = a.account_id
order by a.value desc nulls last, a.name, a.account_id
limit $most
