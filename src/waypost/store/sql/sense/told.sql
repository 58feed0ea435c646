-- The signals since a day about some people, and about some accounts as a whole.
-- in: people_asked (frame: person_id text), accounts_asked (frame: account_id text), since date (inclusive)
-- out: name text, person_id text (null: about the account), account_id text, journey text, milestone text, band text,
--      happened_on date
select name, person_id, account_id, properties ->> '$.journey' as journey, properties ->> '$.milestone' as milestone,
  properties ->> '$.band' as band, happened_on
from said
where kind = 'signal' and happened_on >= $since
  and (person_id in (select person_id from people_asked) or (person_id is null and account_id in (select account_id from accounts_asked)))
