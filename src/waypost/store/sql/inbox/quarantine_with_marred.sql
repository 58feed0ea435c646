-- Lets a quarantine of an older Waypost know which samples are not what was sent.
-- in: nothing
-- out: nothing
alter table quarantine add column marred text not null default ''
