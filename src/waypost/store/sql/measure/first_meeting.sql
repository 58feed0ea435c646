-- The first day on which a person of `scope` did anything.
-- in: scope (frame: person_id text)
-- out: first_on date (one row; null: none of them ever did)
with ids as (
  select person_id as id, false as is_alias from scope where person_id not in (select alias from identities)
  union all
  select alias, true from identities where person_id in (select person_id from scope)
)
select min(m.first_on) as first_on from meetings m join ids i on i.id = m.id and (not m.is_alias or i.is_alias)
