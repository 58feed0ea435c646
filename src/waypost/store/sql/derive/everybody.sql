-- Every person and account that any event names, but for those of what Waypost noticed and did itself.
-- in: nothing
-- out: person_id text, account_id text (one of the two is null)
select distinct coalesce(i.person_id, case when not m.is_alias then m.id end) as person_id, null as account_id
from meetings m
left join identities i on i.alias = m.id
where m.id <> '' and coalesce(i.person_id, case when not m.is_alias then m.id end) is not null
union all
select distinct null, account_id from meetings where account_id is not null
