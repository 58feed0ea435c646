-- How many events of some names that hold a source sent on each day; days without any have no row.
-- in: source text, since date (inclusive), until date (exclusive), names frame (kind text, name text)
-- out: kind text, name text, day date, n bigint (>= 1)
select e.kind, e.name, e.happened_on as day, count(*) as n
from holding e
semi join names on names.name = e.name and names.kind = e.kind
where e.source = $source and e.happened_on >= $since and e.happened_on < $until
group by e.kind, e.name, e.happened_on
