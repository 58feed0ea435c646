-- The latest signal of each name already raised per person or account, journey and milestone.
-- in: since date (inclusive)
-- out: person_id text, account_id text, name text, journey text, milestone text, happened_on date, arrival bigint
select person_id, account_id, name, properties ->> '$.journey' as journey, properties ->> '$.milestone' as milestone,
  happened_on, arrival, properties ->> '$.band' as band
from events
where kind = 'signal' and source = 'waypost' and happened_on >= $since
