-- The belonging of the people of `scope`, parted into stretches of days on which all that is known of them and their account is the
-- same, as far as a journey may ask: each membership by each era of the account.
-- in: scope (frame: person_id text), whole boolean (also what only segments ask of the account)
-- out: person_id, account_id text, role text, champion boolean, signs_renewal boolean, provisioned_on date, from_on date,
--     until_on date (exclusive; 9999-12-31 is open), tier, plan text, region, owner, traits text, value double (null unless whole)
select
  m.person_id, m.account_id, m.role, m.champion, m.signs_renewal, m.provisioned_on,
  greatest(m.joined_on, coalesce(c.since_on, m.joined_on)) as from_on,
  least(coalesce(m.left_on, date '9999-12-31'), coalesce(c.until_on, date '9999-12-31')) as until_on, c.tier, c.plan,
  case when $whole then c.region end as region, case when $whole then c.owner end as owner,
  case when $whole then c.traits end as traits, case when $whole then c.value end as value
from memberships m
join scope s on s.person_id = m.person_id
left join account_eras c on c.account_id = m.account_id
  and c.since_on < coalesce(m.left_on, date '9999-12-31') and coalesce(c.until_on, date '9999-12-31') > m.joined_on
