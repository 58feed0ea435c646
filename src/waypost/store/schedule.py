"""When something is done again and again: every so many minutes, or at the times that a cron expression names."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Self
from zoneinfo import ZoneInfo

from cronsim import CronSim, CronSimError

from waypost.core import WaypostError

MINUTE_S = 60
MOST_MINUTES = 10_080
#: Minute, hour, day of the month, month, weekday.
FIELDS = 5
#: Where a look for the next time begins when all that is asked is whether there is one.
_SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)


class ScheduleError(WaypostError):
    """What was given names no times."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Every `every_s` seconds or, when there is one, at the times of `cron` in the workspace's zone.

    A cron expression has five fields as Debian's cron reads them (minute, hour, day of the month, month, weekday). A
    time that a change of clocks leaves out comes right after it; one that comes twice is kept once.
    """

    every_s: int
    cron: str | None = None

    @classmethod
    def of(cls, said: str) -> Self:
        """Read minutes (`15`) or a cron expression (`0 6 * * 1-5`). Raises ScheduleError when it is neither."""
        said = " ".join(said.split())
        if said.isascii() and said.isdigit():
            minutes = int(said) if len(said) <= len(str(MOST_MINUTES)) else 0
            if not 1 <= minutes <= MOST_MINUTES:
                raise ScheduleError(f"give minutes from 1 to {MOST_MINUTES:,}, a week")
            return cls(every_s=minutes * MINUTE_S)
        try:
            if len(said.split()) != FIELDS:
                raise CronSimError("Wrong number of fields")  # noqa: TRY301 -- it knows one of seconds, too
            next(CronSim(said, _SOME_DAY))
        except (CronSimError, StopIteration) as error:
            why = str(error) or "there is no such day"
            raise ScheduleError(
                f"{said!r} is no number of minutes and no cron expression such as 0 6 * * 1-5 "
                f"(six in the morning, Monday to Friday): {why[:1].lower()}{why[1:]}"
            ) from None
        return cls(every_s=0, cron=said)

    @property
    def says(self) -> str:
        """When it is, in words."""
        if self.cron:
            return f"at the times of {self.cron}"
        minutes = self.every_s // MINUTE_S
        return "every minute" if minutes == 1 else f"every {minutes:,} minutes"

    def after(self, moment: datetime, zone: str) -> datetime:
        """Return the first time after a moment (UTC), in UTC."""
        if not self.cron:
            return moment + timedelta(seconds=self.every_s)
        return next(CronSim(self.cron, moment.astimezone(ZoneInfo(zone)))).astimezone(UTC)
