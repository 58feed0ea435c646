-- When each source's last accepted event came in.
-- in: nothing
-- out: source text
-- out: last_at text (ISO instant, UTC)
select source, max(last_at) as last_at from counts where outcome = 'accepted' and n > 0 group by source order by source
