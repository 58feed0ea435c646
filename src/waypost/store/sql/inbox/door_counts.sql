-- What the door accepted, refused and dropped as noise, per source and day.
-- in: since_day text (ISO date, UTC, inclusive)
-- out: source text
-- out: day text (ISO date, UTC)
-- out: outcome text (accepted, refused, noise)
-- out: reason text (of accepted: the family that they came by, '' for files and databases)
-- out: n integer (> 0)
select source, day, outcome, reason, n from counts
where day >= $since_day and n > 0
order by source, day, outcome, reason
