-- Every account as the portfolio lists it: newest score, the score at the start of the period, strays, value, renewal.
-- Whoever has a first day has a score (or why there is none) on each day since, so both ends are single days of everybody.
-- in: today date, since date
-- out: account_id text, name text, tier text, owner text, value double, currency text, renews_on date, score double,
--      band text, withheld text, score_before double, band_before text, people integer, strays integer (>= 0)
with ends as (
  select max(case when on_day > $today - 30 then on_day end) as newest_on,
    max(case when on_day <= $since and on_day > $since - 30 then on_day end) as earlier_on
  from scores where on_day <= $today
),
newest as (select s.* from scores s join ends e on e.newest_on = s.on_day),
earlier as (select s.account_id, s.score, s.band from scores s join ends e on e.earlier_on = s.on_day),
stand as (
  select account_id, count(distinct person_id) as people,
    count(distinct case when standing in ('strayed', 'lapsed') then person_id end) as strays
  from standings
  where since_on <= $today and (until_on is null or until_on > $today)
  group by account_id
)
select a.account_id, a.name, a.tier, a.owner, a.value, a.currency, a.renews_on,
  n.score, n.band, n.withheld, b.score as score_before, b.band as band_before,
  coalesce(t.people, 0) as people, coalesce(t.strays, 0) as strays
from accounts a
left join newest n on n.account_id = a.account_id
left join earlier b on b.account_id = a.account_id
left join stand t on t.account_id = a.account_id
where a.ended_on is null or a.ended_on > $today
order by a.name, a.account_id
