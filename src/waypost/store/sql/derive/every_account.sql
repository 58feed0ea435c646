-- Every account that any event names, but for those of what Waypost noticed and did itself.
-- in: nothing
-- out: account_id text
select distinct account_id from meetings where account_id is not null
