-- Those accounts of `scope` of which an update was said: a word that works on what is known of them.
-- in: scope (frame: account_id text), update text (the name of such words)
-- out: account_id text
select distinct account_id
from said
where kind = 'group' and name = $update and account_id in (select account_id from scope)
