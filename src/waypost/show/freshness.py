"""Freshness: which sources are on time, and which are late."""

from datetime import datetime, timedelta

import msgspec

from waypost.core import day_of
from waypost.show import words
from waypost.show.desk import Desk

LATE_AFTER = timedelta(hours=26)
OURS = "waypost"


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """One source with its newest event."""

    name: str
    last_at: datetime
    late: bool


def sources(desk: Desk) -> list[Source]:
    """Return every source that ever sent an event, by name; our own events are not a source."""
    return [
        Source(name=name, last_at=last_at, late=desk.now() - last_at > LATE_AFTER)
        for name, last_at in sorted(desk.inbox.last_seen().items())
        if name != OURS
    ]


def said(found: list[Source], desk: Desk) -> str:
    """Return the note of the top bar: `5 of 6 sources current, seats from yesterday`."""
    if not found:
        return "No source yet"
    late = [each for each in found if each.late]
    if not late:
        return f"{words.plural(len(found), 'source', 'sources')} current"
    current = f"{len(found) - len(late)} of {words.plural(len(found), 'source', 'sources')} current"
    return f"{current}, {said_short(found, desk)}"


def said_short(found: list[Source], desk: Desk) -> str:
    """Return the note for a phone: only what is late, `seats from yesterday`."""
    late = [each for each in found if each.late]
    if not late:
        return "On time" if found else "No source yet"
    oldest = min(late, key=lambda each: each.last_at)
    newest = day_of(oldest.last_at, desk.zone)
    when = "yesterday" if (desk.today - newest).days == 1 else words.day(newest, desk.today)
    return f"{oldest.name} from {when}"
