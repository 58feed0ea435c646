-- Every account as the portfolio lists it: newest score, the score at the start of the period, strays, value, renewal.
-- in: today date, since date
-- out: account_id text, name text, tier text, owner text, region text, traits text, value double, currency text,
--      renews_on date, score double, band text, withheld text, score_before double, band_before text,
--      people integer, strays integer (>= 0)
with ends as (
  select account_id, max(case when on_day > $today - 30 then on_day end) as newest_on,
    max(case when on_day <= $since and on_day > $since - 30 then on_day end) as earlier_on
  from scores where on_day <= $today group by account_id
),
stand as (
  select account_id, count(*) as people, count(case when strayed then 1 end) as strays
  from (
    select account_id, person_id, bool_or(standing in ('strayed', 'lapsed')) as strayed
    from standings
    where since_on <= $today and (until_on is null or until_on > $today)
    group by account_id, person_id
  ) each_person
  group by account_id
)
select a.account_id, a.name, a.tier, a.owner, a.region, a.traits, a.value, a.currency, a.renews_on,
  n.score, n.band, n.withheld, b.score as score_before, b.band as band_before,
  coalesce(t.people, 0) as people, coalesce(t.strays, 0) as strays
from accounts a
left join ends e on e.account_id = a.account_id
left join scores n on n.account_id = e.account_id and n.on_day = e.newest_on
left join scores b on b.account_id = e.account_id and b.on_day = e.earlier_on
left join stand t on t.account_id = a.account_id
where a.ended_on is null or a.ended_on > $today
order by a.name, a.account_id
