"""Facts are appended once and never changed."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import numpy as np
import polars as pl

from waypost.core import Event, Kind
from waypost.store.intake import Imported
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
#: What an event is known by, however often it is sent, and which import brought it.
_INSTANTS, _JSON = ("happened_at", "received_at"), ("properties", "context")
_EPOCH, _MICROSECOND = datetime(1970, 1, 1, tzinfo=UTC), timedelta(microseconds=1)
IDS = {"source": pl.String, "event_id": pl.String, "import_id": pl.Int64}

#: Kinds of event that are use; all others say something.
USE = [Kind.TRACK.value, Kind.PAGE.value, Kind.SCREEN.value, Kind.LOG.value, Kind.ROW.value]
#: Kinds of event that tell what Waypost noticed, did and learnt: nobody meets an account by them.
OURS = [
    Kind.SIGNAL.value,
    Kind.INTERVENTION.value,
    Kind.DELIVERY.value,
    Kind.DEFINITION.value,
    Kind.LEARNT.value,
]


#: How the context of a count begins, of which a later version replaces an earlier one.
COUNT = b'{"waypost_count":'

#: When so many events are stored that the register does not cover, it is brought up to them: until then they are looked
#: through, which costs little.
REGISTER_AFTER = 100_000
#: So many events are registered at once, so that all of them need not fit into memory.
REGISTERED_AT_ONCE = 4_000_000
#: Events whose arrivals are no further apart are read together: asking once more costs as much as reading so many.
NEAR = 300_000
#: So many of the last events that the register covers are looked up when it is examined.
SOME = 1_000
#: In more places than this, all that lies between is read once.
MOST_PLACES = 64


def append(writer: Writer, events: Sequence[Event], *, zone: str, imported: Sequence[Imported] = ()) -> int:
    """Append the events that are not stored yet, in their order; return how many were new.

    `zone` is the workspace's time zone, which decides the day on which each event happened; `imported` says which of
    them an import brought.
    """
    if not events:
        return 0
    fresh, before = frame_of(events, zone=zone, imported=imported), last_arrival(writer)
    asked = {"before": before, "covered": writer.register.covered}
    frames = {"fresh": fresh, "sent_before": _sent_before(writer, fresh)}
    appended = writer.run("facts/append", asked, frames)
    if appended < len(events):
        writer.run("facts/keep_said_again", {"covered": asked["covered"]}, frames)
    if not appended:
        return 0
    set_positions(writer, arrived=before + appended)
    if any(event.kind not in USE for event in events):
        writer.run("facts/keep_said", {"after": before, "use": USE})
    if any(event.kind not in OURS for event in events):
        _keep_meetings(writer, before)
    if any(event.kind is Kind.ROW and bytes(event.context).startswith(COUNT) for event in events):
        writer.run("facts/keep_replaced", {"after": before})
    return appended


def keep_register(writer: Writer, *, least: int = REGISTER_AFTER) -> None:
    """Bring the register up to the newest event, when `least` have come since it was.

    To be done first in a transaction, while nothing is visible in it that may still be undone.
    """
    newest, after = last_arrival(writer), writer.register.covered
    if newest - after < least:
        return
    while after < newest:
        asked = {"after": after, "up_to": min(after + REGISTERED_AT_ONCE, newest)}
        found = writer.ask("facts/keys", asked)
        if found.height:
            writer.register.extend(found["key"].to_numpy(), found["arrival"].to_numpy())
        after = asked["up_to"]


def fault_of_register(writer: Writer) -> str:
    """Return what is wrong with the register, "" when it is in order and has every event that it should."""
    register = writer.register
    stored = int(writer.ask("facts/count", {"up_to": register.covered}).item())
    if register.size != stored:
        return f"the register holds {register.size} events of {stored} that are stored"
    if not register.is_in_order():
        return "the register is not in the order in which it is searched"
    some = writer.ask("facts/keys", {"after": register.covered - SOME, "up_to": register.covered})
    lost = np.setdiff1d(some["arrival"].to_numpy(), register.find(some["key"].to_numpy()))
    return f"the register has lost the event with the arrival {lost[0]}" if len(lost) else ""


def look_up_anew(writer: Writer) -> None:
    """Keep what is looked up anew from the events, after some were erased or moved.

    It is what is not use, who met which account when, and which counts hold no longer.
    """
    writer.run("facts/clear_said")
    writer.run("facts/keep_said", {"after": 0, "use": USE})
    writer.run("facts/keep_replaced", {"after": 0})
    _keep_meetings(writer, 0)


def is_looked_up(writer: Writer) -> bool:
    """Return whether what is kept for looking up has been made from the events that are stored."""
    return not writer.ask("facts/is_looked_up").item()


def frame_of(events: Sequence[Event], *, zone: str, imported: Sequence[Imported] = ()) -> pl.DataFrame:
    """Return events as columns, numbered in order (`nr`), with day (`happened_on`) and import (`import_id`) of each."""
    # Column by column: a row made for each event costs four times as much.
    columns = {name: _column(events, name, type_) for name, type_ in EVENT_COLUMNS.items()}
    frame = pl.DataFrame(columns)
    local = pl.col("happened_at").dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    brought = pl.lit(None, pl.Int64) if not imported else pl.Series(_import_ids(len(events), imported))
    return frame.with_columns(happened_on=local.dt.date(), import_id=brought).with_row_index("nr")


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


def _sent_before(writer: Writer, fresh: pl.DataFrame) -> pl.DataFrame:
    """Return the source and event_id of stored events, among them all of `fresh` that the register covers."""
    asked = writer.ask("facts/keys_of", frames={"fresh": fresh}) if writer.register.covered else None
    found = writer.register.find(asked["key"].to_numpy()) if asked is not None else np.empty(0, np.int64)
    # A hash is not enough to turn an event away: the events themselves are compared.
    places = np.split(found, np.flatnonzero(np.diff(found) > NEAR) + 1) if len(found) else []
    answers = [
        writer.ask(
            "facts/ids_at",
            {"first": int(place[0]), "last": int(place[-1])},
            {"places": pl.DataFrame({"arrival": place})},
        )
        for place in (places if len(places) <= MOST_PLACES else [found])
    ]
    return pl.concat([pl.DataFrame(schema=IDS), *answers])


def _import_ids(n: int, imported: Sequence[Imported]) -> list[int | None]:
    ids: list[int | None] = [None] * n
    for each in imported:
        ids[each.start : each.start + each.n] = [each.import_id] * each.n
    return ids


def _keep_meetings(writer: Writer, after: int) -> None:
    earlier = writer.ask("facts/earlier_meetings", {"after": after, "ours": OURS})
    if earlier["known"].any():
        writer.run("facts/clear_meetings", frames={"earlier": earlier})
    if earlier.height:
        writer.run("facts/keep_meetings", frames={"earlier": earlier})


def _column(events: Sequence[Event], name: str, type_: pl.DataType | type[pl.DataType]) -> pl.Series:
    values = [getattr(event, name) for event in events]
    if name in _INSTANTS:
        microseconds = [(value - _EPOCH) // _MICROSECOND for value in values]
        return pl.Series(name, microseconds, dtype=pl.Int64).cast(type_)
    if name in _JSON:
        values = [str(value, "utf-8", "replace") for value in values]
    return pl.Series(name, values, dtype=type_)
