"""Freshness: how each source is, by its own rhythm. Whatever calls a source late on a page asks here."""

from datetime import datetime, timedelta
from threading import Lock
from weakref import WeakKeyDictionary

import msgspec

from waypost.core import day_of
from waypost.measure import Due, Rate, Rhythm, State, rate_of, rhythm_of, source_hours
from waypost.show import words
from waypost.show.desk import Desk
from waypost.store import SourcePause, SourcePauses, Warehouse

OURS = "waypost"
#: What came in the last seconds of an hour is stated by then.
STATED_AFTER = timedelta(minutes=2)


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One source with its newest event, what it is expected to send when, and what it sent in the last whole hour.

    `last_at` and `due` are None for one that never sent anything; `rate` is None without enough history.
    """

    name: str
    last_at: datetime | None
    state: State
    rhythm: Rhythm = Rhythm()
    due: Due | None = None
    rate: Rate | None = None
    pause: SourcePause | None = None

    @property
    def late(self) -> bool:
        """Whether something that is expected is missing."""
        return self.state in (State.LATE, State.DOWN)


class _Known(msgspec.Struct, frozen=True):
    """What the past says of every source, and of which hour and sources it was asked."""

    key: object
    rhythms: dict[str, Rhythm]
    rates: dict[str, Rate | None]


_known: WeakKeyDictionary[Warehouse, _Known] = WeakKeyDictionary()
_asking = Lock()


def sources(desk: Desk) -> list[Source]:
    """Return every source that ever sent an event, by name; our own events are not a source."""
    last_seen = {name: at for name, at in sorted(desk.inbox.last_seen().items()) if name != OURS}
    known, pauses = _past(desk, frozenset(last_seen)), SourcePauses(desk.operations).in_force()
    now = desk.now()
    found = []
    for name, last_at in last_seen.items():
        rhythm = known.rhythms.get(name, Rhythm())
        due, pause = rhythm.due(last_at, desk.zone), pauses.get(name)
        state = State.PAUSED if pause else due.state(now)
        rate = known.rates.get(name)
        found.append(
            Source(name=name, last_at=last_at, state=state, rhythm=rhythm, due=due, rate=rate, pause=pause)
        )
    return found


def said(found: list[Source], desk: Desk) -> str:
    """Return the note of the top bar: `5 of 6 sources current, seats from yesterday`."""
    waited = [each for each in found if each.state is not State.PAUSED]
    if not waited:
        return "Every source is paused" if found else "No source yet"
    late = [each for each in waited if each.late]
    if not late:
        return f"{words.plural(len(waited), 'source', 'sources')} current"
    current = f"{len(waited) - len(late)} of {words.plural(len(waited), 'source', 'sources')} current"
    return f"{current}, {said_short(found, desk)}"


def said_short(found: list[Source], desk: Desk) -> str:
    """Return the note for a phone: only what is late, `seats from yesterday`."""
    late = [(each.last_at, each.name) for each in found if each.late and each.last_at]
    if not late:
        return "On time" if found else "No source yet"
    last_at, name = min(late)
    newest = day_of(last_at, desk.zone)
    days = (desk.today - newest).days
    if not days:
        return f"{name} from {words.clock(last_at, desk.zone)}"
    return f"{name} from {'yesterday' if days == 1 else words.day(newest, desk.today)}"


def _past(desk: Desk, names: frozenset[str]) -> _Known:
    """Return what the past says; it is asked again when an hour is over, or another source has begun."""
    at = desk.now() - STATED_AFTER
    key = (at.replace(minute=0, second=0, microsecond=0), names)
    with _asking:
        known = _known.get(desk.warehouse)
        if known is None or known.key != key:
            known = _asked(desk, key, at)
            _known[desk.warehouse] = known
        return known


def _asked(desk: Desk, key: object, at: datetime) -> _Known:
    today = day_of(at, desk.zone)
    hours = source_hours(desk.warehouse, today, ours=OURS)
    own = {str(name): rows for (name,), rows in hours.group_by("source")}
    rhythms = {name: rhythm_of(rows, today, desk.zone) for name, rows in own.items()}
    rates = {name: rate_of(rows, at, desk.zone, rhythms[name].weeks) for name, rows in own.items()}
    return _Known(key, rhythms, rates)
