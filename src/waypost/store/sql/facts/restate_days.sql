-- Counts the workspace's days of all events anew, after the workspace has moved to another time zone.
-- in: zone text (IANA name)
-- out: number of rows whose day changed
update events set happened_on = day.on_day
from (
  select instant, cast(timezone($zone, timezone('UTC', make_timestamp(instant))) as date) as on_day
  from (
    -- Since 1973 all clocks are whole minutes from UTC and change on a minute: what happened in the same minute happened on
    -- the same day. There are few minutes, and a hundred million events.
    select distinct epoch_us(happened_at) - case when happened_at >= timestamp '1973-01-01' then epoch_us(happened_at) % 60000000 else 0 end
      as instant
    from events
  ) minutes
) day
where day.instant = epoch_us(events.happened_at)
    - case when events.happened_at >= timestamp '1973-01-01' then epoch_us(events.happened_at) % 60000000 else 0 end
  and events.happened_on <> day.on_day
