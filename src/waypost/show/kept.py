"""Answers that read a lot are kept while nothing changes: no new events stated, no other rules, no other day."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import polars as pl

from waypost.show.visit import Visit
from waypost.store import Warehouse

T = TypeVar("T")
MOST_KEPT, MOST_ROWS = 24, 200_000
READ = ("catalogue", "segment", "tiers")


class _Answers:
    """The answers of one workspace, the least used first."""

    def __init__(self) -> None:
        self.state: Hashable = None
        self.by_key: OrderedDict[Hashable, Any] = OrderedDict()


_kept: WeakKeyDictionary[Warehouse, _Answers] = WeakKeyDictionary()
_turn = threading.Lock()


def kept(visit: Visit, key: Hashable, answer: Callable[[], T]) -> T:
    """Return what `answer` gives, or gave to the same `key` since anything changed that it could have read.

    A frame of very many rows is not kept.
    """
    state = _state(visit)
    with _turn:
        answers = _kept.setdefault(visit.desk.warehouse, _Answers())
        if answers.state != state:
            answers.state, answers.by_key = state, OrderedDict()
        if key in answers.by_key:
            answers.by_key.move_to_end(key)
            earlier: T = answers.by_key[key]
            return earlier
    found = answer()
    if not isinstance(found, pl.DataFrame) or found.height <= MOST_ROWS:
        with _turn:
            if answers.state == state:
                answers.by_key[key] = found
                while len(answers.by_key) > MOST_KEPT:
                    answers.by_key.popitem(last=False)
    return found


def _state(visit: Visit) -> Hashable:
    positions = visit.desk.warehouse.ask("facts/last_arrival").rows()
    stated = visit.desk.warehouse.ask("facts/position", {"name": "stated"}).rows()
    versions = frozenset(item for item in visit.rules.versions.items() if item[0][0] in READ)
    return (*positions, *stated, visit.today, versions)
