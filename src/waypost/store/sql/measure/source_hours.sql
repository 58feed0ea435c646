-- How many events came from each source in each hour. What came days after it happened is history that was taken in later: it
-- counts when it happened, so that a source has a rhythm from the day on which its past was imported.
-- in: since date (inclusive): of the oldest day that may have come in an hour asked for, ours text: the source that is Waypost itself
-- out: source text, hour timestamp (UTC, its beginning), n bigint (>= 1)
select source, date_trunc('hour', case when received_at > happened_at + interval 3 day then happened_at else received_at end) as hour,
  count(*) as n
from events
where happened_on >= $since and source <> $ours
group by all
