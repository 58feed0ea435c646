-- The names of events that a source ever sent and that hold (a count that was counted again is one), those of the last days first by volume.
-- in: source text, since date (inclusive), most integer, skip integer
-- out: kind text, name text, n bigint: since then, n_ever bigint, first_at timestamp, last_at timestamp, total bigint: of all names
select kind, name, count(*) filter (where happened_on >= $since) as n, count(*) as n_ever,
  min(happened_at) as first_at, max(happened_at) as last_at, count(*) over () as total
from holding
where source = $source
group by kind, name
order by n desc, last_at desc, kind, name
limit $most offset $skip
