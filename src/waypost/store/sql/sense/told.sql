-- The newest signal of each kind about each person or account since a day.
-- in: since date (inclusive)
-- out: name text, person_id text (null: about the account), account_id text, journey text, milestone text, band text,
--      happened_on date
select name, person_id, account_id, properties ->> '$.journey' as journey, properties ->> '$.milestone' as milestone,
  properties ->> '$.band' as band, happened_on
from said
where kind = 'signal' and happened_on >= $since
