-- How many events came from each source in each hour. What happened before a source first sent anything, or came days after it
-- happened, is history that was taken in later: it counts when it happened, so that a source has a rhythm from the day on which
-- its past was imported, and the import itself is no rush.
-- in: since date (inclusive): of the oldest day that may have come in an hour asked for, ours text: the source that is Waypost itself
-- out: source text, hour timestamp (UTC, its beginning), n bigint (>= 1)
with came as (
  select source, happened_at, received_at from events where happened_on >= $since and source <> $ours
),
firsts as (
  select source, min(received_at) as first_at from came group by source
)
select c.source, date_trunc('hour', case
    when c.happened_at < f.first_at or c.received_at > c.happened_at + interval 3 day then c.happened_at else c.received_at
  end) as hour,
  count(*) as n
from came c
join firsts f on f.source = c.source
group by all
