-- Adds to what the door counted.
-- in: source text
-- in: day text (ISO date, UTC)
-- in: outcome text (accepted, refused, noise)
-- in: reason text ('' for accepted)
-- in: n integer (below 0 for what was counted as accepted, and was refused when it was read)
-- in: last_at text (ISO instant, UTC)
-- out: nothing
insert into counts (source, day, outcome, reason, n, last_at)
values ($source, $day, $outcome, $reason, $n, $last_at)
on conflict (source, day, outcome, reason)
do update set n = n + excluded.n, last_at = max(last_at, excluded.last_at)
