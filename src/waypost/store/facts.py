"""Facts are appended once and never changed."""

from collections.abc import Sequence
from datetime import UTC

import msgspec
import polars as pl

from waypost.core import Event, Kind
from waypost.store.warehouse import Writer

EVENT_COLUMNS: dict[str, pl.DataType | type[pl.DataType]] = {
    "event_id": pl.String,
    "source": pl.String,
    "kind": pl.String,
    "name": pl.String,
    "happened_at": pl.Datetime("us"),
    "received_at": pl.Datetime("us"),
    "person_id": pl.String,
    "anonymous_id": pl.String,
    "account_id": pl.String,
    "actor": pl.String,
    "quantity": pl.Float64,
    "properties": pl.String,
    "context": pl.String,
}


#: Kinds of event that are use; all others say something.
USE = (Kind.TRACK, Kind.PAGE, Kind.SCREEN, Kind.LOG, Kind.ROW)
#: Kinds of event that tell what Waypost noticed, did and learnt: nobody meets an account by them.
OURS = (Kind.SIGNAL, Kind.INTERVENTION, Kind.DELIVERY, Kind.DEFINITION, Kind.LEARNT)


def append(writer: Writer, events: Sequence[Event], *, zone: str) -> int:
    """Append the events that are not stored yet, in their order; return how many were new.

    `zone` is the workspace's time zone, which decides the day on which each event happened.
    """
    if not events:
        return 0
    before = last_arrival(writer)
    appended = writer.run("facts/append", {"before": before}, {"fresh": frame_of(events, zone=zone)})
    if any(event.kind not in USE for event in events):
        writer.run("facts/keep_said", {"after": before})
    if any(event.kind not in OURS for event in events):
        _keep_meetings(writer, before)
    return appended


def look_up_anew(writer: Writer) -> None:
    """Keep what is not use, and who met which account when, anew from the events: after some were erased or moved."""
    writer.run("facts/clear_said")
    writer.run("facts/keep_said", {"after": 0})
    _keep_meetings(writer, 0)


def is_looked_up(writer: Writer) -> bool:
    """Return whether what is kept for looking up has been made from the events that are stored."""
    return not writer.ask("facts/is_looked_up").item()


def frame_of(events: Sequence[Event], *, zone: str) -> pl.DataFrame:
    """Return events as columns, numbered in order (`nr`), with the workspace's day of each (`happened_on`)."""
    rows = [_row(event) for event in events]
    frame = pl.DataFrame(rows, schema=EVENT_COLUMNS, orient="row")
    local = pl.col("happened_at").dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    return frame.with_columns(happened_on=local.dt.date()).with_row_index("nr")


def last_arrival(writer: Writer) -> int:
    """Return the number of the newest event, 0 when there is none."""
    return int(writer.ask("facts/last_arrival").item())


def position(writer: Writer, name: str) -> int | None:
    """Return how far the named progress has come, or None when it has not begun."""
    answer = writer.ask("facts/position", {"name": name})
    return int(answer.item()) if answer.height else None


def positions(writer: Writer) -> dict[str, int]:
    """Return how far every progress that has begun has come, by name."""
    return dict(writer.ask("facts/positions").iter_rows())


def set_positions(writer: Writer, **come: int) -> None:
    """Remember how far these progresses have come, in the same transaction as what they stand for."""
    schema = {"name": pl.String, "position": pl.Int64}
    fresh = pl.DataFrame(list(come.items()), schema=schema, orient="row")
    writer.run("facts/set_positions", frames={"fresh": fresh})


def _keep_meetings(writer: Writer, after: int) -> None:
    earlier = writer.ask("facts/earlier_meetings", {"after": after})
    if earlier.height:
        writer.run("facts/clear_meetings", frames={"earlier": earlier})
        writer.run("facts/keep_meetings", frames={"earlier": earlier})


def _row(event: Event) -> tuple[object, ...]:
    return (
        event.event_id,
        event.source,
        event.kind.value,
        event.name,
        event.happened_at.astimezone(UTC).replace(tzinfo=None),
        event.received_at.astimezone(UTC).replace(tzinfo=None),
        event.person_id,
        event.anonymous_id,
        event.account_id,
        event.actor.value,
        event.quantity,
        _text(event.properties),
        _text(event.context),
    )


def _text(raw: msgspec.Raw) -> str:
    return bytes(raw).decode("utf-8", errors="replace")
