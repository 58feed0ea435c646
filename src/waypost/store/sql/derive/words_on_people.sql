-- Every word on each of some people, in the order in which they happened.
-- in: units (frame: person_id text), update text (the name of words that work on what is known)
-- out: person_id text, arrival bigint, is_update boolean, properties text
with ids as (
  select person_id as id, person_id, false as is_alias from units where person_id not in (select alias from identities)
  union all
  select alias, person_id, true from identities where person_id in (select person_id from units)
)
select i.person_id, e.arrival, e.name = $update as is_update, e.properties
from said e
join ids i on i.id = coalesce(e.person_id, e.anonymous_id) and (e.person_id is not null or i.is_alias)
where e.kind = 'identify'
order by i.person_id, e.happened_at, e.event_id, e.source
