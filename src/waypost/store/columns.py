"""Events as columns, as the warehouse takes them."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import msgspec
import numpy as np
import polars as pl
import pyarrow as pa

from waypost.core import Event
from waypost.store.inbox import Inbox
from waypost.store.intake import Imported

_INSTANT = pa.timestamp("us")
#: The fields of an event, in their order.
_COLUMNS = pa.schema({
    "event_id": pa.string(), "source": pa.string(), "kind": pa.string(), "name": pa.string(),
    "happened_at": _INSTANT, "received_at": _INSTANT,
    "person_id": pa.string(), "anonymous_id": pa.string(), "account_id": pa.string(),
    "actor": pa.string(), "quantity": pa.float64(), "properties": pa.string(), "context": pa.string(),
})  # fmt: skip
#: So many rows are turned into columns at once: more of them would keep Python's collector of garbage busy.
AT_ONCE = 500
_JSON = ("properties", "context")


class TakenColumns(msgspec.Struct, frozen=True, kw_only=True):
    """What `Taken` holds, with the events as columns (see `columns_of`)."""

    position: int
    events: pa.Table
    imported: tuple[Imported, ...] = ()


def take_columns(inbox: Inbox, after: int, most_events: int) -> TakenColumns:
    """Return what `Inbox.take` returns as columns, which need a fraction of the memory."""
    pieces = [columns_of(())]
    position, imported = inbox.hear(after, most_events, lambda events: pieces.append(columns_of(events)))
    return TakenColumns(position=position, events=pa.concat_tables(pieces), imported=imported)


def columns_of(events: Sequence[Event]) -> pa.Table:
    """Return events as columns; instants are in UTC, and JSON is text whatever its bytes."""
    pieces = [_turned(events[first : first + AT_ONCE]) for first in range(0, len(events), AT_ONCE)]
    return pa.concat_tables([_COLUMNS.empty_table(), *pieces])


def dated(events: pa.Table, *, zone: str, imported: Iterable[Imported] = ()) -> pa.Table:
    """Return columns of events with the day of each in a zone (`happened_on`) and the import that brought it."""
    events = events.combine_chunks()
    instants = pl.Series(events["happened_at"]).dt.replace_time_zone("UTC")
    days = instants.dt.convert_time_zone(zone).dt.date().to_arrow()
    return events.append_column("happened_on", days).append_column(
        "import_id", _import_ids(len(events), imported)
    )


def _turned(events: Sequence[Event]) -> pa.Table:
    # All columns at once: each asked of each event would cost as much as all the rest.
    turned = zip(*map(msgspec.structs.astuple, events), strict=True)
    return pa.Table.from_arrays(
        [_array(values, field) for field, values in zip(_COLUMNS, turned, strict=True)], schema=_COLUMNS
    )


def _array(values: Sequence[Any], field: pa.Field) -> pa.Array:
    if field.name == "received_at":
        values = _in_utc(values)
    if field.name not in _JSON:
        return pa.array(values, field.type)
    written = [*map(bytes, values)]
    try:
        return pa.array(written, field.type)
    except pa.ArrowInvalid:
        return pa.array([str(each, "utf-8", "replace") for each in written], field.type)


def _in_utc(values: Sequence[datetime]) -> list[datetime]:
    """Return instants without their zone, which Arrow asks about each of them: most came with their neighbours."""
    plains, last = list[datetime](), None
    for value in values:
        if value is not last:
            last, plain = value, value.astimezone(UTC).replace(tzinfo=None)
        plains.append(plain)
    return plains


def _import_ids(n: int, imported: Iterable[Imported]) -> pa.Array:
    ids, brought = np.zeros(n, np.int64), np.zeros(n, bool)
    for each in imported:
        part = slice(each.start, each.start + each.n)
        ids[part], brought[part] = each.import_id, True
    return pa.array(ids, mask=~brought)
