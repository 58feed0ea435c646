-- Which source's event was the last that was accepted by a protocol.
-- in: family text ('' for files and databases)
-- out: source text
-- out: last_at text (ISO instant, UTC)
select source, last_at from counts where outcome = 'accepted' and reason = $family and n > 0 order by last_at desc limit 1
