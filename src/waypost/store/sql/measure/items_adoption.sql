-- Items of `adoption`: the people on their path (n) among all who stand anywhere on a journey (d).
-- Who is at risk counts as they did before: somebody who never began does not count more for being expected never to.
-- in:
--     scope (frame: account_id text), since date: items that ended before it are left out, last_on date (inclusive)
-- out: account_id text, side text (n: numerator, d: denominator), item text, value double, from_on date,
--      until_on date (exclusive, null: open), happened_at timestamp, person_id text, detail text

with stood as (
  select account_id, person_id, standing, since_on, until_on,
    standing = 'at_risk' and not coalesce(bool_or(standing not in ('not_started', 'at_risk')) over (
      partition by person_id, account_id order by since_on rows between unbounded preceding and 1 preceding
    ), false) as never_began
  from standings
  where account_id in (select account_id from scope) and since_on <= $last_on
)
select account_id, 'd' as side, person_id as item, 1.0 as value, since_on as from_on, until_on,
  cast(since_on as timestamp) as happened_at, person_id, standing as detail
from stood
where standing <> 'not_started' and not never_began and (until_on is null or until_on >= $since)
union all
select account_id, 'n', person_id, 1.0, since_on, until_on, cast(since_on as timestamp), person_id, standing
from stood
where standing in ('on_path', 'at_risk', 'returned', 'sustained') and not never_began and (until_on is null or until_on >= $since)
