"""Answers that read a lot are kept while nothing changes: no round has stated anything, no other rules, no other day.

Where rounds end every second and an answer takes longer than a page may, waiting for it would make every visit slow.
So an answer that is dear to work out is shown as it was a moment ago, while it is worked out anew beside; the page then
says of which instant it is (`visit.as_of`). Cheap answers, and those after a change of rules, are always of now.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import blake2b
from typing import Any, TypeVar
from weakref import WeakKeyDictionary

import polars as pl
import structlog

from waypost.show.visit import Visit
from waypost.store import Frames, Params, Warehouse

T = TypeVar("T")
_State = tuple[Hashable, Hashable]
log = structlog.get_logger()
MOST_KEPT, MOST_BYTES, MOST_BYTES_OF_ONE = 240, 192 * 2**20, 64 * 2**20
#: An answer that takes longer than this is dear; it is shown for so long at most after things have moved on, and
#: is worked out anew at most a tenth of the time.
DEAR_S, SHOWN_FOR_S, RESTS = 0.1, 300.0, 9.0
READ = ("catalogue", "segment", "tiers")
#: What differs when more has changed than what came in: the day, the rules, and what history has taught.
UNDER = ("stated_on", "rules", "learnt_on", "learnt_rules")


@dataclass(slots=True)
class _Answer:
    """One answer: of which state and instant it is, how long it took, and when (by no clock of ours) it was there."""

    value: Any
    moved: Hashable
    made_at: datetime
    took_s: float
    there_s: float
    size: int
    coming: bool = False


@dataclass(slots=True)
class _Answers:
    """The answers of one workspace under the same rules on the same day, the least used first."""

    under: Hashable = None
    by_key: OrderedDict[Hashable, _Answer] = field(default_factory=OrderedDict)
    turns: dict[Hashable, threading.Lock] = field(default_factory=dict)


_kept: WeakKeyDictionary[Warehouse, _Answers] = WeakKeyDictionary()
_turn = threading.Lock()
_beside = threading.Lock()
_thread = threading.local()


def kept(visit: Visit, key: Hashable, answer: Callable[[], T]) -> T:
    """Return what `answer` gives, or gave to the same `key` since anything changed that it could have read.

    A dear answer may be of a moment ago; then `visit.as_of` says of when. A frame of very many bytes is not kept.
    """
    state = under, moved = _state(visit)
    with _turn:
        answers = _kept.setdefault(visit.desk.warehouse, _Answers())
        if answers.under != under:
            answers.under, answers.by_key, answers.turns = under, OrderedDict(), {}
        turn = answers.turns.setdefault(key, threading.Lock())
        found = _known(answers, key, moved)
    if found is None:
        # Who asks the same meanwhile waits for this answer rather than working it out a second time.
        with turn:
            with _turn:
                found = _known(answers, key, moved)
            if found is None:
                return _work_out(visit, answers, key, state, answer)
    if found.moved != moved:
        visit.as_of = min(filter(None, (visit.as_of, found.made_at)))
        if not found.coming and time.monotonic() - found.there_s > RESTS * found.took_s:
            found.coming = True
            arguments = (visit, answers, key, state, answer)
            threading.Thread(target=_anew, args=arguments, name="kept", daemon=True).start()
    earlier: T = found.value
    return earlier


class Keeping:
    """Asks the warehouse, and keeps what it answers; frames handed in are told apart by what they hold."""

    def __init__(self, visit: Visit) -> None:
        """Ask for one visit."""
        self._visit = visit

    def ask(self, name: str, params: Params | None = None, frames: Frames | None = None) -> pl.DataFrame:
        """Return the answer to the question `name`."""
        told = tuple(sorted((params or {}).items()))
        held = tuple((key, _print(frame)) for key, frame in sorted((frames or {}).items()))
        return kept(
            self._visit, (name, told, held), lambda: self._visit.desk.warehouse.ask(name, params, frames)
        )


def _print(frame: pl.DataFrame) -> bytes:
    return blake2b(frame.write_ipc(None).getvalue(), digest_size=16).digest()


def _known(answers: _Answers, key: Hashable, moved: Hashable) -> _Answer | None:
    """Return the answer that may be shown: of this state, or a dear one of a moment ago."""
    found = answers.by_key.get(key)
    if found is None:
        return None
    aged = time.monotonic() - found.there_s > SHOWN_FOR_S
    if found.moved != moved and (found.took_s < DEAR_S or aged or _is_anew()):
        return None
    answers.by_key.move_to_end(key)
    return found


def _work_out(visit: Visit, answers: _Answers, key: Hashable, state: _State, answer: Callable[[], T]) -> T:
    made_at, began = visit.now, time.monotonic()
    value = answer()
    there = time.monotonic()
    size = int(value.estimated_size()) if isinstance(value, pl.DataFrame) else 0
    if size <= MOST_BYTES_OF_ONE:
        fresh = _Answer(
            value=value, moved=state[1], made_at=made_at, took_s=there - began, there_s=there, size=size
        )
        with _turn:
            if answers.under == state[0]:
                answers.by_key[key] = fresh
                answers.by_key.move_to_end(key)
                _forget_some(answers)
    return value


def _anew(visit: Visit, answers: _Answers, key: Hashable, state: _State, answer: Callable[[], T]) -> None:
    """Work an answer out beside the pages, one at a time, from answers that are of now."""
    with _beside:
        _thread.anew = True
        try:
            _work_out(visit, answers, key, state, answer)
        except Exception:
            log.exception("an answer could not be worked out anew")
            with _turn:
                answers.by_key.pop(key, None)


def _is_anew() -> bool:
    return bool(getattr(_thread, "anew", False))


def _forget_some(answers: _Answers) -> None:
    while len(answers.by_key) > MOST_KEPT or sum(each.size for each in answers.by_key.values()) > MOST_BYTES:
        key, _ = answers.by_key.popitem(last=False)
        answers.turns.pop(key, None)


def _state(visit: Visit) -> _State:
    """Return under which rules and day everything is, and how far rounds have moved it on."""
    state = dict(visit.desk.warehouse.ask("show/state").iter_rows())
    under = tuple(state.pop(name, None) for name in UNDER)
    versions = frozenset(item for item in visit.rules.versions.items() if item[0][0] in READ)
    return (visit.today, versions, under), frozenset(state.items())
