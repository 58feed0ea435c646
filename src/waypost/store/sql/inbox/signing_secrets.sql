-- The secrets that senders sign with, sealed; asked of the operational database by collector workers.
-- in: nothing
-- out: source text
-- out: sealed blob
select source, sealed from signing_secrets
