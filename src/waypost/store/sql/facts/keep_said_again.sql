-- Notes who else said what an import had brought before, or brought first in the same batch.
-- in: doubted (frame: source text, event_id text, import_id bigint (null: it came otherwise)): events of the batch, some of
--     which were stored before or came twice in it,
--     before bigint: the newest arrival before the batch,
--     sent_before (frame: source text, event_id text, import_id bigint): those up to it that any of `doubted` may be
-- out: number of rows
insert into said_again
with stored as (
  select source, event_id, import_id from events where arrival > $before and import_id is not null
  union all
  select source, event_id, import_id from sent_before where import_id is not null
)
select distinct f.source, f.event_id, coalesce(f.import_id, 0)
from doubted f
join stored s on s.source = f.source and s.event_id = f.event_id
where coalesce(f.import_id, 0) <> s.import_id
  and not exists (
    select 1 from said_again a
    where a.source = f.source and a.event_id = f.event_id and a.import_id = coalesce(f.import_id, 0)
  )
