-- How many events of some names no rule means; for names of which the rules mean some events only.
-- in: since date (inclusive), until date (exclusive), asked (frame: source text, kind text, name text),
--     rules (frame: key, name, kind, source, alternatives)
-- out: source text, kind text, name text, n_left bigint, n_left_human bigint: those of them that people did,
--      latest_left bigint: the arrival of the latest of them
with candidates as (
  select e.arrival, e.source, e.kind, e.name, e.actor, e.properties
  from holding e
  semi join asked a on a.source = e.source and a.kind = e.kind and a.name = e.name
  where e.happened_on >= $since and e.happened_on < $until
),
meant as (
  select e.arrival
  from candidates e
  join rules r
    on r.name = e.name and (r.kind is null or r.kind = e.kind) and (r.source is null or r.source = e.source)
    and (r.alternatives is null or meant_by(r.alternatives, e.kind, e.source, e.properties) is not null)
)
select source, kind, name, count(*) as n_left,
  count(*) filter (where actor = 'human') as n_left_human, max(arrival) as latest_left
from candidates
anti join meant using (arrival)
group by source, kind, name
