-- Makes the inbox: where chunks of accepted events lie, what the door counted, and samples of what it refused.
-- in: nothing
-- out: nothing

-- One row per chunk: in which file beside this one it lies, and how many events it holds. A position never comes again.
-- It is judged once what a round refused of it was counted.
create table if not exists chunks (
  position integer primary key autoincrement, n integer not null, file text not null, start integer not null,
  length integer not null, judged integer not null default 0
);

-- One row per source, day (UTC), outcome (accepted, refused, noise) and reason (of accepted: their family).
create table if not exists counts (
  source text not null, day text not null, outcome text not null, reason text not null,
  n integer not null, last_at text not null,
  primary key (source, day, outcome, reason)
) without rowid;

-- A bounded sample of what was refused, so that it can be looked at.
create table if not exists quarantine (
  id integer primary key autoincrement, source text not null, reason text not null, detail text not null,
  payload text not null, received_at text not null, marred text not null default '', way text not null default 'null'
);
create index if not exists quarantine_by_source on quarantine (source, id);
create index if not exists quarantine_by_age on quarantine (received_at);

-- One row per followed file: how far it was taken in, in the same transaction as the events of its lines.
create table if not exists file_positions (
  id integer primary key autoincrement, source text not null, file text not null, path text not null,
  node text not null, reached integer not null, head text not null, head_size integer not null, ended integer not null,
  unique (source, file)
);

-- How chunks are kept: whoever keeps them otherwise must not open the file.
pragma user_version = 2;
