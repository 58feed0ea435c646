-- Items of `team_changes`: champions and signers who left (-1) or came (+1), each fading with a half-life.
-- Known from the first membership of the account.
-- in: half_life_days double (> 0),
--     scope (frame: account_id text), since date: items that ended before it are left out, last_on date (inclusive)
-- out: account_id text, side text (n: numerator, d: denominator), item text, value double, from_on date,
--      until_on date (exclusive, null: open), happened_at timestamp, person_id text, detail text

with pairs as (
  select account_id, person_id, min(joined_on) as joined_on, max(coalesce(left_on, date '9999-12-31')) as left_on,
    arg_max(champion, joined_on) as champion, arg_max(signs_renewal, joined_on) as signs_renewal
  from memberships
  where account_id in (select account_id from scope)
  group by account_id, person_id
),
born as (
  select account_id, min(joined_on) as first_on from pairs group by account_id
)
select p.account_id, 'n' as side, p.person_id || ':left' as item, -1.0 as value, p.left_on as from_on, cast(null as date) as until_on,
  cast(p.left_on as timestamp) as happened_at, p.person_id, case when p.champion then 'champion left' else 'signer left' end as detail
from pairs p
where (p.champion or p.signs_renewal) and p.left_on <= $last_on
union all
-- Whoever was there when the account began is no change.
select p.account_id, 'n', p.person_id || ':joined', 1.0, p.joined_on, null, cast(p.joined_on as timestamp), p.person_id,
  case when p.champion then 'champion joined' else 'signer joined' end
from pairs p
join born b on b.account_id = p.account_id and p.joined_on > b.first_on + 30
where (p.champion or p.signs_renewal) and p.joined_on <= $last_on
union all
select account_id, 'd', 'known', 1.0, first_on, null, cast(first_on as timestamp), null, 'known'
from born
where first_on <= $last_on
