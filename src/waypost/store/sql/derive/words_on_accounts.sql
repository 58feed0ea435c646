-- Every word on each of some accounts, in the order in which they happened.
-- in: units (frame: account_id text), update text (the name of words that work on what is known)
-- out: account_id text, arrival bigint, is_update boolean, properties text
select account_id, arrival, name = $update as is_update, properties
from said
where kind = 'group' and account_id in (select account_id from units)
order by account_id, happened_at, event_id, source
