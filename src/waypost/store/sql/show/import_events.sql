-- How many events of an import hold, and of whom and when they are.
-- in: import_id bigint (>= 1)
-- out: events bigint, people bigint, accounts bigint, first_at timestamp (null without any), last_at timestamp (the same)
select count(*) as events, count(distinct person_id) as people, count(distinct account_id) as accounts,
  min(happened_at) as first_at, max(happened_at) as last_at
from events
where import_id = $import_id
