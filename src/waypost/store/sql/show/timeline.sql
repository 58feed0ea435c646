-- What happened at one account, newest first: the same thing on the same day is one row, whoever did it.
-- Surveys, tickets, memberships and pauses are one row each, what a play decided one by play, what was sent one by channel.
-- What a service that sends our mail reports of it is left out: the touch tells it.
-- in: account text, since date (inclusive), until date (exclusive), person text (null: everybody), most integer
-- out: kind text, source text, name text, person_id text, person text, people integer (>= 0), happened_on date,
--      last_at timestamp, n integer (>= 1), properties text (of the newest)
with found as materialized (
  -- Two looks, each by one column: asked as one "or", every column of everybody's events would be read.
  select arrival, kind, source, name, person_id, event_id, happened_on, happened_at, properties
  from events
  where account_id = $account and happened_on >= $since and happened_on < $until
  union all
  select arrival, kind, source, name, person_id, event_id, happened_on, happened_at, properties
  from events
  where account_id is null and person_id in (select person_id from memberships where account_id = $account)
    and happened_on >= $since and happened_on < $until
),
-- Those that hold, as the view `holding` has them, which would pass by everybody's events twice.
here as (
  select * from found where kind <> 'row'
  union all
  select f.* from found f where f.kind = 'row' and not exists (select 1 from replaced r where r.arrival = f.arrival)
)
select e.kind, e.source, e.name, e.person_id, coalesce(p.name, p.email, e.person_id) as person, e.people,
  e.happened_on, e.last_at, e.n, e.properties
from (
  select kind, max(source) as source, name, max(person_id) as person_id, count(distinct person_id) as people, happened_on,
    max(happened_at) as last_at, count(*) as n, arg_max(properties, happened_at) as properties
  from here
  where ($person is null or person_id = $person) and kind not in ('identify', 'group', 'alias', 'definition', 'learnt')
    and not (kind = 'delivery' and source <> 'waypost' and json_extract_string(properties, '$.waypost_id') is not null)
  group by kind, name, happened_on, case
    when kind in ('survey', 'ticket', 'membership', 'pause', 'contract') then event_id
    when kind = 'intervention' then concat_ws(' ', properties ->> '$.play', properties ->> '$.held_out')
    when kind = 'delivery' then properties ->> '$.channel'
  end
  order by last_at desc, name
  limit $most
) e
left join people p on p.person_id = e.person_id
order by e.last_at desc, e.name, e.person_id
