-- The signals that plays have not looked at yet, in order of arrival.
-- in: after bigint (arrival number, exclusive), since timestamp (UTC, inclusive), most bigint (rows)
-- out: arrival bigint, signal_id text, signal text, happened_at timestamp (UTC), person_id text (null: about the
--   account), account_id text (null when unknown), journey text, milestone text, reason text, since_on text (ISO day),
--   went_to text (the band after a change), points double (points lost, below 0 when gained)
select
  arrival, event_id as signal_id, name as signal, happened_at, person_id, account_id,
  json_extract_string(properties, '$.journey') as journey,
  json_extract_string(properties, '$.milestone') as milestone,
  json_extract_string(properties, '$.reason') as reason,
  json_extract_string(properties, '$.since_on') as since_on,
  json_extract_string(properties, '$.band') as went_to,
  try_cast(json_extract_string(properties, '$.before') as double)
    - try_cast(json_extract_string(properties, '$.score') as double) as points
from resolved_said
where kind = 'signal' and arrival > $after and happened_at >= $since
order by arrival
limit $most
