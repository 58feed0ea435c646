-- Remembers the number of the newest event, if events were put there by somebody who does not.
-- in: nothing
-- out: number of rows (0: it was known)
insert or replace into progress
select 'arrived', max(arrival)
from events
having max(arrival) > coalesce((select position from progress where name = 'arrived'), 0)
