-- Lets a quarantine of an older Waypost know how samples came; of those that it holds nobody knows.
-- in: nothing
-- out: nothing
alter table quarantine add column way text not null default 'null'
