-- The newest samples of what was refused.
-- in: source text (null: of every source)
-- in: reason text (null: for every reason)
-- in: most integer (rows)
-- out: id integer
-- out: source text
-- out: reason text
-- out: detail text
-- out: payload text
-- out: received_at text (ISO instant, UTC)
-- out: marred text ('' when it is what was sent; cut, not_text, redacted)
-- out: way text (JSON: how it came; null when it came by no door)
select id, source, reason, detail, payload, received_at, marred, way from quarantine
where ($source is null or source = $source) and ($reason is null or reason = $reason)
order by id desc
limit $most
