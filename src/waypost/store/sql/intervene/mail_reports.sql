-- What services that send mail reported of messages with our mark, in order of arrival. Whether they are ours is not known here.
-- in: after bigint (arrival number, exclusive), most bigint (rows)
-- out: arrival bigint, name text (of the delivery event), intervention_id text, address text, happened_at timestamp (UTC),
--   reason text (null when it does not say)
select
  arrival, name, json_extract_string(properties, '$.waypost_id') as intervention_id,
  json_extract_string(properties, '$.address') as address, happened_at, json_extract_string(properties, '$.reason') as reason
from said
where kind = 'delivery' and source <> 'waypost' and arrival > $after
  and json_extract_string(properties, '$.waypost_id') is not null and json_extract_string(properties, '$.address') is not null
order by arrival
limit $most
