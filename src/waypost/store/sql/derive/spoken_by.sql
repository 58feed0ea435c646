-- Which kinds of thing the people of `scope` have ever said that name no account: whose they are depends on where they belong.
-- in: scope (frame: person_id text)
-- out: kind text
select distinct kind
from resolved_said
where account_id is null and kind in ('survey', 'ticket') and person_id in (select person_id from scope)
