-- Every person and account that any event names, but for those of what Waypost noticed and did itself.
-- in: nothing
-- out: person_id text, account_id text (one of the two is null)
with named as (
  select distinct person_id, case when person_id is null then anonymous_id end as anonymous_id
  from events
  where kind not in ('signal', 'intervention', 'delivery', 'definition')
)
select distinct coalesce(known.person_id, n.person_id, met.person_id) as person_id, null as account_id
from named n
left join identities known on known.alias = n.person_id
left join identities met on met.alias = n.anonymous_id
where coalesce(known.person_id, n.person_id, met.person_id) is not null
union all
select distinct null, account_id
from events
where account_id is not null and kind not in ('signal', 'intervention', 'delivery', 'definition')
