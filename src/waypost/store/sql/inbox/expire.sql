-- Lets go of samples that were received too long ago, whatever their source.
-- in: oldest_at text (ISO instant, UTC; samples received before it go)
-- out: nothing
delete from quarantine where received_at < $oldest_at
