"""Facts are appended once and never changed."""

from collections.abc import Sequence
from datetime import UTC

import msgspec
import polars as pl

from waypost.core import Event
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


def append(writer: Writer, events: Sequence[Event], *, zone: str) -> int:
    """Append the events that are not stored yet, in their order; return how many were new.

    `zone` is the workspace's time zone, which decides the day on which each event happened.
    """
    if not events:
        return 0
    return writer.run("facts/append", frames={"fresh": frame_of(events, zone=zone)})


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


def set_position(writer: Writer, name: str, value: int) -> None:
    """Remember how far the named progress has come, in the same transaction as what it stands for."""
    writer.run("facts/set_position", {"name": name, "position": value})


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
