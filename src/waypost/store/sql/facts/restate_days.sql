-- Counts the workspace's days of all events anew, after the workspace has moved to another time zone.
-- in: zone text (IANA name)
-- out: number of rows whose day changed
update events set happened_on = cast(timezone($zone, timezone('UTC', happened_at)) as date)
where happened_on <> cast(timezone($zone, timezone('UTC', happened_at)) as date)
