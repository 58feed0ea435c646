-- With which features unmapped events go: on how many days of a person both happened, and on how many the feature at all.
-- in: since date (inclusive), until date (exclusive), asked (frame: source text, kind text, name text)
-- out: source text, kind text, name text, feature text, days bigint: of the name, both bigint, feature_days bigint, all_days bigint
with asked_days as (
  select distinct e.source, e.kind, e.name, e.person_id, e.happened_on as day
  from events e
  semi join asked a on a.source = e.source and a.kind = e.kind and a.name = e.name
  where e.happened_on >= $since and e.happened_on < $until and e.person_id is not null and e.actor = 'human'
),
used as (
  select distinct person_id, day, feature from usage_daily where day >= $since and day < $until and actor = 'human'
),
active as (
  select count(*) as all_days from (select person_id, day from used union select person_id, day from asked_days)
),
of_features as (select feature, count(*) as feature_days from used group by feature),
of_names as (select source, kind, name, count(*) as days from asked_days group by all),
pairs as (
  select a.source, a.kind, a.name, u.feature, count(*) as both
  from asked_days a
  join used u on u.person_id = a.person_id and u.day = a.day
  group by all
)
select p.source, p.kind, p.name, p.feature, n.days, p.both, f.feature_days, active.all_days
from pairs p
join of_names n on n.source = p.source and n.kind = p.kind and n.name = p.name
join of_features f on f.feature = p.feature
cross join active
