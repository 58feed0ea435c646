-- Keeps a sample of one refused event.
-- in: source text
-- in: reason text
-- in: detail text (one sentence)
-- in: payload text (what was sent, cut)
-- in: received_at text (ISO instant, UTC)
-- out: nothing
insert into quarantine (source, reason, detail, payload, received_at)
values ($source, $reason, $detail, $payload, $received_at)
