-- Which journey of accounts each account of `scope` is on, and when: day 0 is the day on which anybody was first given access.
-- in: scope (frame: account_id text), audiences (frame: era_from date, era_until date (exclusive), rulebook_nr bigint,
--     rank bigint, journey text, tier text (null: any))
-- out: person_id text (null), account_id text, rulebook_nr bigint, provisioned_on date, from_on date, until_on date (exclusive,
--     null: open)
with belonging as (
  select account_id, min(provisioned_on) as provisioned_on, min(joined_on) as joined_on,
    case when bool_and(left_on is not null) then max(left_on) end as left_on
  from memberships
  where account_id in (select account_id from scope)
  group by account_id
)
select
  null::text as person_id, m.account_id, a.rulebook_nr, m.provisioned_on,
  greatest(m.joined_on, a.era_from) as from_on, nullif(least(coalesce(m.left_on, a.era_until), a.era_until), date '9999-12-31') as until_on
from belonging m
left join accounts c on c.account_id = m.account_id
join audiences a
  on (a.tier is null or a.tier = c.tier)
  and a.era_from < coalesce(m.left_on, date '9999-12-31') and a.era_until > m.joined_on
qualify row_number() over (partition by m.account_id, a.era_from order by a.rank, a.journey) = 1
