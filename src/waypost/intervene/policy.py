"""The contact policy: how often a person may hear from us, and at which hours."""

from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Annotated, Self
from zoneinfo import ZoneInfo

import msgspec

from waypost.core import Document, fail, reading

Clock = Annotated[str, msgspec.Meta(pattern="^([01][0-9]|2[0-3]):[0-5][0-9]$")]


class Weekday(StrEnum):
    """A day of the week, Monday first."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


_WEEK = tuple(Weekday)


class QuietHours(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename={"starts": "from"}
):
    """Local times between which nothing is sent; `from` is quiet, `until` is not. May reach over midnight."""

    starts: Clock
    until: Clock

    def hold(self, clock: time) -> bool:
        """Return whether a local time is quiet."""
        first, last = time.fromisoformat(self.starts), time.fromisoformat(self.until)
        return first <= clock < last if first <= last else clock >= first or clock < last


class ContactPolicy(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What holds for every play: messages to one person in any seven days, quiet hours, quiet days.

    Hours and days are the workspace's. `undo_s` is how long a message waits, so that a member can stop it.
    """

    key: str = "contact_policy"
    kind: str = "contact_policy"
    messages_per_person_per_week: Annotated[int, msgspec.Meta(ge=0, le=50)] = 2
    quiet_hours: QuietHours | None = None
    quiet_days: tuple[Weekday, ...] = ()
    undo_s: Annotated[int, msgspec.Meta(ge=0, le=3_600)] = 10

    @classmethod
    def from_document(cls, document: Document, *, where: str) -> Self:
        """Read a contact policy; raises DefinitionError when it would keep quiet for ever."""
        policy = reading(cls, document, where=where)
        if set(policy.quiet_days) == set(Weekday):
            fail(where, "quiet_days: at least one day of the week must be left to write on")
        if policy.quiet_hours and policy.quiet_hours.starts == policy.quiet_hours.until:
            fail(where, "quiet_hours: `from` and `until` are the same time")
        return policy

    def next_allowed(self, at: datetime, zone: str) -> datetime:
        """Return the first instant from `at` on at which a message may leave, in UTC.

        Days on which clocks change are as they are: a quiet hour that occurs twice is quiet twice, and one
        that is skipped ends when the clocks have jumped.
        """
        here = ZoneInfo(zone)
        while True:
            local = at.astimezone(here)
            if _WEEK[local.weekday()] in self.quiet_days:
                at = _first(local.date() + timedelta(days=1), time(), here, after=at)
            elif self.quiet_hours and self.quiet_hours.hold(local.time()):
                at = _end(self.quiet_hours, local, after=at)
            else:
                return at.astimezone(UTC)


def _end(hours: QuietHours, local: datetime, *, after: datetime) -> datetime:
    until = time.fromisoformat(hours.until)
    day = local.date() if local.time() < until else local.date() + timedelta(days=1)
    return _first(day, until, ZoneInfo(str(local.tzinfo)), after=after)


def _first(day: date, clock: time, here: ZoneInfo, *, after: datetime) -> datetime:
    """Return when a local clock first shows this time on this day, later than `after`."""
    first = datetime.combine(day, clock, tzinfo=here).astimezone(UTC)
    return (
        first if first > after else datetime.combine(day, clock.replace(fold=1), tzinfo=here).astimezone(UTC)
    )
