-- What one person did in some days, newest first: the same thing on the same day is one row. Events under every id that
-- the person ever had are theirs. Surveys, tickets, memberships and what Waypost did are one row each.
-- What a service that sends our mail reports of it is left out: the touch tells it.
-- in: person text, since date (inclusive), until date (exclusive), most integer
-- out: kind text, source text, name text, happened_on date, first_at timestamp, last_at timestamp, n integer (>= 1),
--   automated integer (of n, by jobs), quantity double, properties text (of the newest)
with mine as (select $person as id union select alias from identities where person_id = $person)
select kind, max(source) as source, name, happened_on, min(happened_at) as first_at, max(happened_at) as last_at,
  count(*) as n, count(*) filter (actor = 'automated') as automated, sum(quantity) filter (isfinite(quantity)) as quantity,
  arg_max(properties, happened_at) as properties
from holding
where happened_on >= $since and happened_on < $until
  and (person_id in (select id from mine) or (person_id is null and anonymous_id in (select id from mine)))
  and kind not in ('identify', 'group', 'alias', 'definition', 'learnt')
  and not (kind = 'delivery' and source <> 'waypost' and json_extract_string(properties, '$.waypost_id') is not null)
group by kind, name, happened_on,
  case when kind in ('survey', 'ticket', 'membership', 'delivery', 'intervention', 'signal') then event_id end
order by last_at desc, kind, name
limit $most
