-- Keeps a sample of one refused event.
-- in: source text
-- in: reason text
-- in: detail text (one sentence)
-- in: payload text (what was sent, cut)
-- in: received_at text (ISO instant, UTC)
-- in: marred text ('' when it is what was sent; cut, not_text, redacted)
-- in: way text (JSON: how it came; null when it came by no door)
-- out: nothing
insert into quarantine (source, reason, detail, payload, received_at, marred, way)
values ($source, $reason, $detail, $payload, $received_at, $marred, $way)
