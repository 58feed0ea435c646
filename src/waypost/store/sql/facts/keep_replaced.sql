-- Keeps which counts hold no longer: of all versions of a count that came after an arrival, every one but the newest, and that
-- one too when it was withdrawn. A count is known by its source and the key in its context, and is of one day.
-- in: after bigint (exclusive)
-- out: number of rows
insert into replaced
with fresh as (
  select distinct source, happened_on, json_extract_string(context, '$.waypost_count') as count_key
  from events
  where arrival > $after and kind = 'row' and starts_with(context, '{"waypost_count":')
),
versions as (
  select e.arrival, try_cast(json_extract_string(e.context, '$.withdrawn') as boolean) as withdrawn,
    row_number() over (
      partition by e.source, f.count_key
      order by try_cast(json_extract_string(e.context, '$.version') as bigint) desc nulls last, e.arrival desc
    ) as nr
  from events e
  join fresh f on f.source = e.source and f.happened_on = e.happened_on
    and f.count_key = json_extract_string(e.context, '$.waypost_count')
  where e.kind = 'row' and starts_with(e.context, '{"waypost_count":')
)
select v.arrival
from versions v
where (v.nr > 1 or v.withdrawn) and not exists (select 1 from replaced r where r.arrival = v.arrival)
