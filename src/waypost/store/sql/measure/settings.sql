-- Dated values of the settings of the accounts of `scope`, from the events that the catalogue maps to settings.
-- in: scope (frame: account_id text), rules (frame: setting, name, kind, source, value_path, value, alternatives)
-- out: number of rows
insert into settings
with meant as (
  select
    e.arrival, e.account_id, e.person_id, r.setting, e.happened_at, e.happened_on, e.event_id,
    case when r.alternatives is null then coalesce(json_extract_string(e.properties, r.value_path), r.value)
      else value_by(meant_by(r.alternatives, e.kind, e.source, e.properties), e.properties) end as value
  from resolved e
  join rules r
    on r.name = e.name and (r.kind is null or r.kind = e.kind) and (r.source is null or r.source = e.source)
    and (r.alternatives is null or meant_by(r.alternatives, e.kind, e.source, e.properties) is not null)
),
said as (
  select s.* exclude (account_id, arrival), coalesce(s.account_id, m.account_id) as account_id
  from meant s
  left join memberships m
    on m.person_id = case when s.account_id is null then s.person_id end and m.joined_on <= s.happened_on
    and coalesce(m.left_on, date '9999-12-31') > s.happened_on
  qualify row_number() over (partition by s.arrival, s.setting order by m.joined_on desc, m.account_id, s.value) = 1
),
changed as (
  select *
  from said
  where value is not null and account_id in (select account_id from scope)
  qualify value is distinct from lag(value) over (partition by account_id, setting order by happened_at, event_id)
)
select account_id, setting, value, happened_at, happened_on,
  lead(happened_on) over (partition by account_id, setting order by happened_at, event_id), person_id, event_id
from changed
