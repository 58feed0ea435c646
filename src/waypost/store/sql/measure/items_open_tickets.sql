-- Items of `open_tickets`: tickets of the given priorities, each from the day it is older than the limit until it is solved.
-- Known for every account from the first ticket that the workspace has ever seen.
-- in: priorities (frame: priority text), older_than_days integer (>= 0),
--     scope (frame: account_id text), since date: items that ended before it are left out, last_on date (inclusive)
-- out: account_id text, side text (n: numerator, d: denominator), item text, value double, from_on date,
--      until_on date (exclusive, null: open), happened_at timestamp, person_id text, detail text

with old as (
  select *, greatest(since_on, cast(opened_on + cast($older_than_days as integer) as date)) as from_on
  from tickets
  where account_id in (select account_id from scope) and not solved and priority in (select priority from priorities)
)
select account_id, 'n' as side, ticket_id as item, 1.0 as value, from_on, until_on,
  opened_at + to_days(cast($older_than_days as integer)) as happened_at, person_id, coalesce(subject, ticket_id) as detail
from old
where from_on <= $last_on and (until_on is null or (until_on > from_on and until_on >= $since))
union all
select s.account_id, 'd', 'known', 1.0, f.first_on, null, cast(f.first_on as timestamp), null, 'known'
from scope s
cross join (select min(happened_on) as first_on from said where kind = 'ticket') f
where f.first_on <= $last_on
