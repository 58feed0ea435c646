-- Usage of the (person, day) pairs of `pairs`: what the catalogue says their events mean, rolled up by day.
-- An event without an account counts for the account that the person belonged to on that day (the one joined last).
-- in: pairs (frame: person_id text, day date), rules (frame: feature, kind, source, name, path, equals, actor, quantity_path),
--     first_on date (inclusive), last_on date (inclusive): bounds of the days in pairs
-- out: number of rows
insert into usage_daily
with touched as (
  select e.*
  from resolved e
  where e.happened_on between $first_on and $last_on
    and e.name in (select name from rules)
    and (e.person_id, e.happened_on) in (select (person_id, day) from pairs)
),
placed as (
  select e.* exclude (account_id), coalesce(e.account_id, m.account_id) as account_id
  from touched e
  left join memberships m
    on e.account_id is null and m.person_id = e.person_id and m.joined_on <= e.happened_on
    and (m.left_on is null or m.left_on > e.happened_on)
  qualify row_number() over (partition by e.arrival order by m.joined_on desc, m.account_id) = 1
),
meant as (
  select
    p.happened_on, p.account_id, p.person_id, r.feature, coalesce(r.actor, p.actor) as actor, p.happened_at,
    coalesce(case when r.quantity_path is not null then try_cast(json_extract_string(p.properties, r.quantity_path) as double) end, p.quantity) as quantity
  from placed p
  join rules r
    on r.name = p.name and (r.kind is null or r.kind = p.kind) and (r.source is null or r.source = p.source)
    and (r.path is null or json_extract_string(p.properties, r.path) = r.equals)
  where p.account_id is not null
)
select happened_on, account_id, person_id, feature, actor, count(*), sum(quantity), min(happened_at), max(happened_at)
from meant
group by happened_on, account_id, person_id, feature, actor
