-- Every person and account that any event names.
-- in: nothing
-- out: person_id text, account_id text (one of the two is null)
select distinct person_id, null as account_id from resolved where person_id is not null
union all
select distinct null, account_id from events where account_id is not null
