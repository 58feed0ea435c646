-- Every day on which a person of `scope` did anything, or has usage stored.
-- in: scope (frame: person_id text), since date (inclusive): the first day on which any of them did
-- out: person_id text, day date
with ids as (
  select person_id as id, person_id, false as is_alias from scope where person_id not in (select alias from identities)
  union all
  select alias, person_id, true from identities where person_id in (select person_id from scope)
)
select i.person_id, e.happened_on as day
from events e
join ids i on i.id = coalesce(e.person_id, e.anonymous_id) and (e.person_id is not null or i.is_alias)
where e.happened_on >= $since
union
select person_id, day from usage_daily where person_id in (select person_id from scope)
