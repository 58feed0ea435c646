-- Whether the events after an arrival join an alias to a person earlier than any event before did: who is who may differ then.
-- in: after bigint (exclusive)
-- out: joins boolean (one row)
with links as not materialized (
  select arrival, anonymous_id as alias, person_id, happened_at, event_id from said where kind = 'identify'
  union all
  select arrival, properties ->> '$.previousId', person_id, happened_at, event_id from said where kind = 'alias'
),
fresh as (
  select alias, min((happened_at, event_id)) as first_link from links where arrival > $after and alias <> person_id group by alias
),
known as (
  select alias, min((happened_at, event_id)) as first_link
  from links
  where arrival <= $after and alias <> person_id and alias in (select alias from fresh)
  group by alias
)
select exists (
  select 1 from fresh f left join known k on k.alias = f.alias where k.alias is null or f.first_link < k.first_link
) as joins
