-- The days on which anybody belonged to the accounts of `scope`, from the first who joined to the last who left, parted like those of
-- people: day 0 is the day on which anybody was first given access.
-- in: scope (frame: account_id text), whole boolean (also what only segments ask)
-- out: the columns of standings/stretches; person_id, role, champion and signs_renewal are null
with belonging as (
  select account_id, min(provisioned_on) as provisioned_on, min(joined_on) as joined_on,
    case when bool_and(left_on is not null) then max(left_on) else date '9999-12-31' end as left_on
  from memberships
  where account_id in (select account_id from scope)
  group by account_id
)
select
  null::text as person_id, m.account_id, null::text as role, null::boolean as champion, null::boolean as signs_renewal, m.provisioned_on,
  greatest(m.joined_on, coalesce(c.since_on, m.joined_on)) as from_on,
  least(m.left_on, coalesce(c.until_on, date '9999-12-31')) as until_on, c.tier, c.plan,
  case when $whole then c.region end as region, case when $whole then c.owner end as owner,
  case when $whole then c.traits end as traits, case when $whole then c.value end as value
from belonging m
left join account_eras c on c.account_id = m.account_id
  and c.since_on < m.left_on and coalesce(c.until_on, date '9999-12-31') > m.joined_on
