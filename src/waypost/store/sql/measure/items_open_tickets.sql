-- Items of `open_tickets`: tickets of the given priorities, each from the day it is older than the limit until it is solved.
-- Known for every account from the first ticket that the workspace has ever seen.
-- in: priorities (frame: priority text), older_than_days integer (>= 0),
--     scope (frame: account_id text), since date: items that ended before it are left out, last_on date (inclusive)
-- out: account_id text, side text (n: numerator, d: denominator), item text, value double, from_on date,
--      until_on date (exclusive, null: open), happened_at timestamp, person_id text, detail text

select t.account_id, 'n' as side, t.ticket_id as item, 1.0 as value,
  cast(t.opened_on + cast($older_than_days as integer) as date) as from_on, t.solved_on as until_on,
  t.opened_at + to_days(cast($older_than_days as integer)) as happened_at, t.person_id, coalesce(t.subject, t.ticket_id) as detail
from tickets t
where t.account_id in (select account_id from scope) and t.priority in (select priority from priorities)
  and t.opened_on + cast($older_than_days as integer) <= $last_on
  and (t.solved_on is null or t.solved_on > t.opened_on + cast($older_than_days as integer))
  and (t.solved_on is null or t.solved_on >= $since)
union all
select s.account_id, 'd', 'known', 1.0, f.first_on, null, cast(f.first_on as timestamp), null, 'known'
from scope s
cross join (select min(happened_on) as first_on from events where kind = 'ticket') f
where f.first_on <= $last_on
