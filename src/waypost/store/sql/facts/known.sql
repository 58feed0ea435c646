-- Which of some events are stored already, or come a second time among themselves.
-- in: doubted (frame: nr bigint (order of coming), source text, event_id text): all of those that may be the same are in it,
--     sent_before (frame: source text, event_id text): the stored events that any of them may be
-- out: nr bigint
select d.nr
from doubted d
qualify row_number() over (partition by d.source, d.event_id order by d.nr) > 1
  or exists (select 1 from sent_before s where s.event_id = d.event_id and s.source = d.source)
