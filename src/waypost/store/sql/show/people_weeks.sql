-- How many days some people of one account were active in each of the last nine weeks; automated use is left out.
-- in: account text, scope (frame: person_id text), since date (inclusive), until date (exclusive)
-- out: person_id text, week integer (0 is the oldest), active_days integer (> 0)
select person_id, cast(floor((day - $since) / 7) as integer) as week, count(distinct day) as active_days
from usage_daily
where account_id = $account and day >= $since and day < $until and actor = 'human'
  and person_id in (select person_id from scope)
group by 1, 2
order by 1, 2
