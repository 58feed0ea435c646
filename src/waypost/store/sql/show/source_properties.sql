-- What the newest events of one name hold.
-- in: source text, kind text, name text, most integer
-- out: happened_at timestamp, properties text
select happened_at, properties
from events
where source = $source and kind = $kind and name = $name
order by arrival desc
limit $most
