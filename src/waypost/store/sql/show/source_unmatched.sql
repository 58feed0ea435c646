-- Whose events of some days, by source, belong to nobody known: devices that never said who uses them, and people at no account.
-- in: since date (inclusive), until date (exclusive), ours text: the source that is Waypost itself
-- out: source text, devices bigint, device_events bigint, people bigint, people_events bigint
select e.source,
  count(distinct e.anonymous_id) filter (where e.person_id is null) as devices,
  count(*) filter (where e.person_id is null) as device_events,
  count(distinct e.person_id) as people,
  count(*) filter (where e.person_id is not null) as people_events
from resolved e
anti join (select distinct person_id from memberships) m on m.person_id = e.person_id
where e.happened_on >= $since and e.happened_on < $until and e.source <> $ours
  and ((e.person_id is null and e.anonymous_id is not null) or (e.person_id is not null and e.account_id is null))
group by e.source
