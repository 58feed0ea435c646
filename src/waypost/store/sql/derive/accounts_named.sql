-- The accounts that events of the people of `scope` name, each with the first day.
-- in: scope (frame: person_id text)
-- out: account_id text, first_on date
with ids as (
  select person_id as id, false as is_alias from scope where person_id not in (select alias from identities)
  union all
  select alias, true from identities where person_id in (select person_id from scope)
)
select m.account_id, min(m.first_on) as first_on
from meetings m
join ids i on i.id = m.id and (not m.is_alias or i.is_alias)
where m.account_id is not null
group by m.account_id
