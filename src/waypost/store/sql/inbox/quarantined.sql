-- The newest samples of what was refused.
-- in: source text (null: of every source)
-- in: most integer (rows)
-- out: source text
-- out: reason text
-- out: detail text
-- out: payload text
-- out: received_at text (ISO instant, UTC)
select source, reason, detail, payload, received_at from quarantine
where $source is null or source = $source
order by id desc
limit $most
