-- How many events of use each source sent on each day of a span; days without any have no row.
-- in: first_on date, last_on date (both inclusive)
-- out: source text, day date, n bigint (>= 1)
select source, happened_on as day, count(*) as n
from events
where happened_on between $first_on and $last_on and kind in ('track', 'page', 'screen', 'log', 'row')
group by source, happened_on
