"""Which of some events are stored already, or come twice among them: an event is stored once per source and id.

Hashes of source and id say of which events that may be (see `register.py`), of few as a rule; those are compared with
what is stored. All others are new for certain.
"""

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import polars as pl
import pyarrow as pa

from waypost.store.register import Numbers
from waypost.store.warehouse import Writer

#: What an event is known by, however often it is sent, and which import brought it.
IDS = {"source": pl.String, "event_id": pl.String, "import_id": pl.Int64}
#: Events whose arrivals are no further apart are read together: asking once more costs as much as reading so many.
NEAR = 300_000
#: In more places than this, all that lies between is read once.
MOST_PLACES = 64


class Sifted(NamedTuple):
    """Events that are new, those that may not be, and (`sent_before`) the ids of stored ones among the latter."""

    new: pa.Table
    doubted: pa.Table
    sent_before: pl.DataFrame


def sift(writer: Writer, fresh: pa.Table, newest: int) -> Sifted:
    """Part events in the order in which they came into new ones and others; `newest` is the newest arrival."""
    keys = _keys(writer, fresh)
    stored, places = _stored(writer, keys, newest)
    doubtful = np.isin(keys, stored) | _repeated(keys)
    if not doubtful.any():
        return Sifted(fresh, fresh.slice(0, 0), pl.DataFrame(schema=IDS))
    rows = np.flatnonzero(doubtful)
    doubted = fresh.take(rows).append_column("nr", pa.array(rows))
    sent_before = pl.concat([pl.DataFrame(schema=IDS), *_ids_at(writer, places)])
    answer = writer.ask("facts/known", frames={"doubted": doubted, "sent_before": sent_before})
    new = np.ones(len(keys), bool)
    new[answer["nr"].to_numpy()] = False
    return Sifted(fresh.filter(pa.array(new)), doubted.drop_columns("nr"), sent_before)


def _keys(writer: Writer, fresh: pa.Table) -> Numbers:
    numbered = fresh.select(["source", "event_id"]).append_column("nr", pa.array(np.arange(len(fresh))))
    answer = writer.ask("facts/keys_of", frames={"numbered": numbered})
    keys = np.empty(len(fresh), np.int64)
    keys[answer["nr"].to_numpy()] = answer["key"].to_numpy()
    return keys


def _stored(writer: Writer, keys: Numbers, newest: int) -> tuple[Numbers, Numbers]:
    """Return those of the keys under which events are stored, and the arrivals of these events in order."""
    found, arrivals = writer.register.look_up(keys)
    covered = writer.register.covered
    if covered < newest:
        asked = {"after": covered, "up_to": newest}
        later = writer.ask("facts/keys", asked)
        there = np.isin(later["key"].to_numpy(), keys)
        found = np.concatenate([found, later["key"].to_numpy()[there]])
        arrivals = np.concatenate([arrivals, later["arrival"].to_numpy()[there]])
    return found, np.unique(arrivals)


def _repeated(keys: Numbers) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
    order = np.argsort(keys)
    same = np.diff(keys[order]) == 0
    repeated = np.zeros(len(keys), bool)
    repeated[order[1:][same]] = True
    repeated[order[:-1][same]] = True
    return repeated


def _ids_at(writer: Writer, arrivals: Numbers) -> Iterator[pl.DataFrame]:
    """Yield what tells the stored events with these arrivals apart."""
    if not len(arrivals):
        return
    places = np.split(arrivals, np.flatnonzero(np.diff(arrivals) > NEAR) + 1)
    for place in places if len(places) <= MOST_PLACES else [arrivals]:
        asked = {"first": int(place[0]), "last": int(place[-1])}
        yield writer.ask("facts/ids_at", asked, {"places": pl.DataFrame({"arrival": place})})
