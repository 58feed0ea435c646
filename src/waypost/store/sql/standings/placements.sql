-- Which journey each person of `scope` is on, and when: per membership and era, the first journey whose audience fits.
-- in: scope (frame: person_id text), audiences (frame: era_from date, era_until date (exclusive), rulebook_nr bigint,
--     rank bigint, journey text, role text (null: any), tier text (null: any))
-- out: person_id, account_id text, rulebook_nr bigint, provisioned_on date, from_on date, until_on date (exclusive, null: open)
select
  m.person_id, m.account_id, a.rulebook_nr, m.provisioned_on,
  greatest(m.joined_on, a.era_from) as from_on, nullif(least(coalesce(m.left_on, a.era_until), a.era_until), date '9999-12-31') as until_on
from memberships m
join scope s on s.person_id = m.person_id
left join accounts c on c.account_id = m.account_id
join audiences a
  on (a.role is null or a.role = m.role) and (a.tier is null or a.tier = c.tier)
  and a.era_from < coalesce(m.left_on, date '9999-12-31') and a.era_until > m.joined_on
qualify row_number() over (partition by m.person_id, m.account_id, m.joined_on, a.era_from order by a.rank, a.journey) = 1
