"""Facts are appended once and never changed."""

from collections.abc import Sequence

import numpy as np
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc

from waypost.core import Event, Kind
from waypost.store.columns import columns_of, dated
from waypost.store.intake import Imported
from waypost.store.known import sift
from waypost.store.warehouse import Writer

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
COUNT = '{"waypost_count":'

#: When so many events are stored that the register does not cover, it is brought up to them: until then they are looked
#: through, which costs little.
REGISTER_AFTER = 100_000
#: So many events are registered at once, so that all of them need not fit into memory.
REGISTERED_AT_ONCE = 4_000_000
#: So many of the last events that the register covers are looked up when it is examined.
SOME = 1_000


def append(writer: Writer, events: Sequence[Event], *, zone: str, imported: Sequence[Imported] = ()) -> int:
    """Append the events that are not stored yet, in their order; return how many were new.

    `zone` is the workspace's time zone, which decides the day on which each event happened; `imported` says which of
    them an import brought.
    """
    if not events:
        return 0
    return append_columns(writer, columns_of(events), zone=zone, imported=imported)


def append_columns(writer: Writer, events: pa.Table, *, zone: str, imported: Sequence[Imported] = ()) -> int:
    """Append events, given as columns (see `columns_of`), as `append` does."""
    before = last_arrival(writer)
    fresh = dated(events, zone=zone, imported=imported)
    new, doubted, sent_before = sift(writer, fresh, before)
    if len(new):
        # Without gaps: the newest arrival is the one before and as many as were appended.
        arrivals = pa.array(np.arange(before + 1, before + len(new) + 1))
        writer.run("facts/append", frames={"fresh": new.append_column("arrival", arrivals)})
        set_positions(writer, arrived=before + len(new))
    if len(new) < len(fresh):
        frames = {"doubted": doubted, "sent_before": sent_before}
        writer.run("facts/keep_said_again", {"before": before}, frames)
    if len(new):
        _look_up(writer, fresh, before)
    return len(new)


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


def _look_up(writer: Writer, fresh: pa.Table, before: int) -> None:
    """Keep what is looked up of the events after `before`, which are among the fresh ones."""
    kinds = {*pc.unique(fresh["kind"]).to_pylist()}
    if not kinds.issubset(USE):
        writer.run("facts/keep_said", {"after": before, "use": USE})
    if not kinds.issubset(OURS):
        _keep_meetings(writer, before)
    if Kind.ROW.value in kinds and pc.any(pc.starts_with(fresh["context"], COUNT)).as_py():
        writer.run("facts/keep_replaced", {"after": before})


def _keep_meetings(writer: Writer, after: int) -> None:
    earlier = writer.ask("facts/earlier_meetings", {"after": after, "ours": OURS})
    if earlier["known"].any():
        writer.run("facts/clear_meetings", frames={"earlier": earlier})
    if earlier.height:
        writer.run("facts/keep_meetings", frames={"earlier": earlier})
