-- The write keys in force; asked of the operational database by collector workers.
-- in: nothing
-- out: key_hash text (SHA-256, hexadecimal)
-- out: source text
select key_hash, source from write_keys where revoked_at is null
