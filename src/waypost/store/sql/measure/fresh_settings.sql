-- Whose settings the events after an arrival may have changed.
-- in: after bigint (exclusive), rules (frame: name text)
-- out: person_id text, account_id text (null: the account of the person)
select distinct person_id, account_id
from resolved
where arrival > $after and name in (select name from rules)
