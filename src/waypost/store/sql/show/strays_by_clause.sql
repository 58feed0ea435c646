-- The strays of one journey by the first clause that each missed.
-- in: journey text, today date
-- out: milestone text, clause text, people integer (> 0), median_days double (days since they strayed)
select milestone, coalesce(json_extract_string(missing, '$[0].clause'), '') as clause, count(*) as people,
  median(cast($today - since_on as double)) as median_days
from standings
where journey = $journey and since_on <= $today and (until_on is null or until_on > $today)
  and standing in ('strayed', 'lapsed')
group by 1, 2
order by people desc, milestone, clause
