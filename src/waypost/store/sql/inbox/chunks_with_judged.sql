-- Lets chunks of an older Waypost be judged by a round.
-- in: nothing
-- out: nothing
alter table chunks add column judged integer not null default 0
