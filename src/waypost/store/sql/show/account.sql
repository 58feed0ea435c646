-- What the head of an account's page says: facts, members, and the newest score.
-- in: account text, today date
-- out: account_id text, name text, tier text, owner text, region text, value double, currency text, seats integer,
--      renews_on date, ended_on date, people integer (>= 0), score double, band text, withheld text, scored_on date
select a.account_id, a.name, a.tier, a.owner, a.region, a.value, a.currency, a.seats, a.renews_on, a.ended_on,
  (select count(distinct m.person_id) from memberships m
   where m.account_id = $account and m.joined_on <= $today and (m.left_on is null or m.left_on > $today)) as people,
  s.score, s.band, s.withheld, s.on_day as scored_on
from accounts a
left join (
  select account_id, on_day, score, band, withheld from scores
  where account_id = $account and on_day <= $today order by on_day desc limit 1
) s on s.account_id = a.account_id
where a.account_id = $account
