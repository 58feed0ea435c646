-- The newest events of a source as they came in.
-- in: source text, most integer
-- out: arrival bigint, kind text, name text, happened_at timestamp, received_at timestamp, actor text, properties text,
--      person_id text, person text, anonymous_id text, account_id text, account text
with page as (
  select * from events where source = $source order by arrival desc limit $most
),
whose as (
  select e.* exclude (person_id), coalesce(named.person_id, e.person_id, met.person_id) as person_id
  from page e
  left join identities named on named.alias = e.person_id
  left join identities met on met.alias = case when e.person_id is null then e.anonymous_id end
)
select e.arrival, e.kind, e.name, e.happened_at, e.received_at, e.actor, e.properties, e.person_id,
  coalesce(p.name, e.person_id) as person, e.anonymous_id, e.account_id, coalesce(a.name, e.account_id) as account
from whose e
left join people p on p.person_id = e.person_id
left join accounts a on a.account_id = e.account_id
order by e.arrival desc
