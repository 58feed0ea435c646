-- What came in and holds of the kinds that can be use, by name: what the catalogue is compared with.
-- in: since date (inclusive), recent date (inclusive): from which day on counts as recent, until date (exclusive)
-- out: source text, kind text, name text, n bigint, n_automated bigint, n_recent bigint, first_on date, last_at timestamp,
--      latest bigint: the arrival of the latest
select
  source, kind, name, count(*) as n, count(*) filter (where actor <> 'human') as n_automated,
  count(*) filter (where happened_on >= $recent) as n_recent,
  min(happened_on) as first_on, max(happened_at) as last_at, max(arrival) as latest
from holding
where happened_on >= $since and happened_on < $until and kind in ('track', 'page', 'screen', 'log', 'row')
group by source, kind, name
