-- Items of `team_changes`: champions and signers who left (-1) or came (+1), each fading with a half-life. Whoever is made
-- champion or signer comes; whoever stays and no longer is one has not left.
-- Known from the first membership of the account.
-- in: half_life_days double (> 0),
--     scope (frame: account_id text), since date: items that ended before it are left out, last_on date (inclusive)
-- out: account_id text, side text (n: numerator, d: denominator), item text, value double, from_on date,
--      until_on date (exclusive, null: open), happened_at timestamp, person_id text, detail text

with spells as (
  select *, champion or signs_renewal as counts, case when champion then 'champion' else 'signer' end as part,
    lag(left_on) over w as left_before, lag(champion or signs_renewal) over w as counted, lead(joined_on) over w as joins_again
  from memberships
  where account_id in (select account_id from scope)
  window w as (partition by account_id, person_id order by joined_on)
),
born as (
  select account_id, min(joined_on) as first_on from spells group by account_id
)
select account_id, 'n' as side, person_id || ':left' as item, -1.0 as value, left_on as from_on, cast(null as date) as until_on,
  cast(left_on as timestamp) as happened_at, person_id, part || ' left' as detail
from spells
where counts and left_on <= $last_on and joins_again is distinct from left_on
union all
-- Whoever was there when the account began is no change.
select s.account_id, 'n', s.person_id || ':joined', 1.0, s.joined_on, null, cast(s.joined_on as timestamp), s.person_id,
  s.part || ' joined'
from spells s
join born b on b.account_id = s.account_id and s.joined_on > b.first_on + 30
where s.counts and s.joined_on <= $last_on and not (coalesce(s.counted, false) and s.left_before is not distinct from s.joined_on)
union all
select account_id, 'd', 'known', 1.0, first_on, null, cast(first_on as timestamp), null, 'known'
from born
where first_on <= $last_on
