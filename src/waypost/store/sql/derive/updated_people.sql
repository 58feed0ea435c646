-- Those people of `scope` of whom an update was said: a word that works on what is known of them.
-- in: scope (frame: person_id text), update text (the name of such words)
-- out: person_id text
with ids as (
  select person_id as id, person_id, false as is_alias from scope where person_id not in (select alias from identities)
  union all
  select alias, person_id, true from identities where person_id in (select person_id from scope)
)
select distinct i.person_id
from said e
join ids i on i.id = coalesce(e.person_id, e.anonymous_id) and (e.person_id is not null or i.is_alias)
where e.kind = 'identify' and e.name = $update
