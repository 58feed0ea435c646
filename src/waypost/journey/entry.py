"""When somebody comes to a journey and leaves it, where that is not with access: by first use, event or segment."""

import msgspec

from waypost.core import fail

#: Kinds of event that may open or close a journey: what is said of somebody. What is use is mapped to a feature first.
SAID = ("group", "membership", "contract", "survey", "ticket", "pause")


class Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """The day on which somebody enters a journey, its day 0: the first of one of these since they got access.

    `feature` is used, `event` (`ticket/solved`: kind and name) is told of them or their account, they belong to
    `segment`, or (`contract`) a contract of their account has begun. When nothing is said, access itself is day 0.
    """

    feature: str | None = None
    event: str | None = None
    segment: str | None = None
    contract: bool = False

    def __bool__(self) -> bool:
        """Whether anything is said."""
        return self != Entry()


class Exit(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """The day from which somebody is no longer on a journey: whichever of these comes first since day 0, if any does.

    `feature`, `event` and `segment` as for an entry; `after_days` counts calendar days from day 0.
    """

    feature: str | None = None
    event: str | None = None
    segment: str | None = None
    after_days: int | None = None

    def __bool__(self) -> bool:
        """Whether anything is said."""
        return self != Exit()


def check_entry(entry: Entry, where: str) -> None:
    """Refuse an entry that says several things, or what cannot be."""
    given = [entry.feature is not None, entry.event is not None, entry.segment is not None, entry.contract]
    if sum(given) > 1:
        fail(where, "entry: give one of feature, event, segment, contract")
    _check_event(entry.event, f"{where}: entry")


def check_exit(leaving: Exit, where: str, last_day: int) -> None:
    """Refuse an exit that cannot be, or that comes before the last milestone is due."""
    _check_event(leaving.event, f"{where}: exit")
    if leaving.after_days is not None and leaving.after_days <= last_day:
        fail(where, f"exit.after_days: must come after day {last_day}, when the last milestone is due")


def _check_event(event: str | None, where: str) -> None:
    if event is None:
        return
    kind, _, name = event.partition("/")
    if kind not in SAID or not name:
        known = ", ".join(SAID)
        fail(where, f"event: say kind/name, with a kind of {known}; use is a feature of the catalogue")
