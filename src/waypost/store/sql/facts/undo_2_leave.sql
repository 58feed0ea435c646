-- Leaves the events of an import that somebody else said, too, to them.
-- in: import_id bigint (>= 1)
-- out: number of rows
update events set import_id = nullif(other.import_id, 0)
from (select source, event_id, min(import_id) as import_id from said_again group by source, event_id) other
where events.import_id = $import_id and events.source = other.source and events.event_id = other.event_id
