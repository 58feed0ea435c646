-- Items of `adoption`: the people on their path (n) among all who stand anywhere on a journey (d).
-- in:
--     scope (frame: account_id text), since date: items that ended before it are left out, last_on date (inclusive)
-- out: account_id text, side text (n: numerator, d: denominator), item text, value double, from_on date,
--      until_on date (exclusive, null: open), happened_at timestamp, person_id text, detail text

select account_id, 'd' as side, person_id as item, 1.0 as value, since_on as from_on, until_on,
  cast(since_on as timestamp) as happened_at, person_id, standing as detail
from standings
where account_id in (select account_id from scope) and standing <> 'not_started'
  and (until_on is null or until_on >= $since) and since_on <= $last_on
union all
select account_id, 'n', person_id, 1.0, since_on, until_on, cast(since_on as timestamp), person_id, standing
from standings
where account_id in (select account_id from scope) and standing in ('on_path', 'at_risk', 'returned', 'sustained')
  and (until_on is null or until_on >= $since) and since_on <= $last_on
