"""When a source is late: what its own past says of when its next events must be here."""

from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import assert_never
from zoneinfo import ZoneInfo

import msgspec
import polars as pl

from waypost.measure.late import DAYS, USUAL_WEEKS
from waypost.measure.usage_values import Asks

#: So many weeks must be known before a source has a rhythm.
LEAST_WEEKS = 4
#: Without one it is late after so long a silence, and down after another.
LATE_AFTER = timedelta(hours=26)
#: However rare its hours are, a source that is late for so long is down.
MOST_GRACE = timedelta(days=1)
#: What came longer than this after it happened counts when it happened (as `measure/source_hours` has it).
HISTORY = timedelta(days=3)
HOUR = timedelta(hours=1)
HOURS_OF_DAY = 24


class State(StrEnum):
    """How a source is: nothing came yet; on time; late, within its grace; late for longer; nobody waits for it."""

    NEW = "new"
    UP = "up"
    LATE = "late"
    DOWN = "down"
    PAUSED = "paused"


class By(StrEnum):
    """What a rhythm is made of: hours or days of the week that never stay empty, or the longest silence; or nothing."""

    HOURS = "hours"
    DAYS = "days"
    SILENCE = "silence"
    NOTHING = "nothing"


class Rhythm(msgspec.Struct, frozen=True, kw_only=True):
    """When events of a source come, by what so many whole weeks before today tell.

    `slots` are hours of the week (Monday 00 is 0, Sunday 23 is 167) or days of the week (Monday is 0). `silence` is
    the longest, where no hour or day is sure. `known_days` is how far back the source is known, 56 days at most.
    """

    by: By = By.NOTHING
    slots: frozenset[int] = frozenset()
    weeks: int = 0
    known_days: int = 0
    silence: timedelta | None = None

    def due(self, last_at: datetime, zone: str) -> "Due":
        """Return by when the event after that of `last_at` must be here."""
        match self.by:
            case By.HOURS | By.DAYS:
                return self._after(last_at, ZoneInfo(zone))
            case By.SILENCE | By.NOTHING:
                longest = self.silence or LATE_AFTER
                return Due(
                    expected_at=last_at + longest, down_at=last_at + longest + min(longest, LATE_AFTER)
                )
            case _ as never:
                assert_never(never)

    def _after(self, last_at: datetime, zone: ZoneInfo) -> "Due":
        last_on = last_at.astimezone(zone).date()
        hour = last_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
        ends: list[datetime] = []
        while len(ends) < 2:  # noqa: PLR2004 -- the slot in which it is expected, and the one that ends its grace
            hour += HOUR
            if self._is_slot(hour.astimezone(zone), last_on):
                ends.append(hour + HOUR)
        return Due(expected_at=ends[0], down_at=min(ends[1], ends[0] + MOST_GRACE))

    def _is_slot(self, local: datetime, last_on: date) -> bool:
        """Tell whether something must come in an hour at the latest: a usual one, or the last of a usual day."""
        if self.by is By.HOURS:
            return local.weekday() * HOURS_OF_DAY + local.hour in self.slots
        return local.hour == HOURS_OF_DAY - 1 and local.weekday() in self.slots and local.date() > last_on


def least_weeks(weeks: int) -> int:
    """Return in how many of the weeks known something must have come for an hour or day to be a usual one."""
    return weeks - 1 if weeks == USUAL_WEEKS else weeks


class Due(msgspec.Struct, frozen=True, kw_only=True):
    """By when something is expected, and from when on it is missed for good."""

    expected_at: datetime
    down_at: datetime

    def state(self, now: datetime) -> State:
        """Return how a source is that has sent nothing since."""
        return State.UP if now < self.expected_at else State.LATE if now < self.down_at else State.DOWN


class Rate(msgspec.Struct, frozen=True, kw_only=True):
    """How many events came in an hour, and the least and the most in this hour of so many earlier weeks."""

    hour: datetime
    n: int
    low: int
    high: int
    weeks: int

    @property
    def is_low(self) -> bool:
        """Whether fewer came than ever in this hour."""
        return self.n < self.low

    @property
    def is_high(self) -> bool:
        """Whether more came than ever in this hour."""
        return self.n > self.high


def source_hours(asks: Asks, today: date, *, ours: str) -> pl.DataFrame:
    """Return source, hour (UTC) and n of the weeks that rhythms are made of, and of today."""
    # A week more, so that one that comes once a week is known for all of the weeks.
    since = _first(today, USUAL_WEEKS + 1) - HISTORY
    return asks.ask("measure/source_hours", {"since": since, "ours": ours})


def rhythm_of(hours: pl.DataFrame, today: date, zone: str) -> Rhythm:
    """Return the rhythm of one source; `hours` (hour, n) are its own, today's are left out."""
    local = _local(hours, zone).filter(pl.col("day") < today)
    if not local.height:
        return Rhythm()
    known = int(local.select((pl.lit(today) - pl.col("day").min()).dt.total_days()).item())
    known = min(known, DAYS * USUAL_WEEKS)
    weeks = known // DAYS
    if weeks < LEAST_WEEKS:
        return Rhythm(weeks=weeks, known_days=known)
    held = local.filter(pl.col("day") >= _first(today, weeks))
    hourly, daily = _never_empty(held, By.HOURS, weeks), _never_empty(held, By.DAYS, weeks)
    if not daily:
        return Rhythm(by=By.SILENCE, weeks=weeks, known_days=known, silence=_longest(held))
    # Hours tell more than days, unless there is a day on which none of them is sure.
    if {hour // HOURS_OF_DAY for hour in hourly} == daily:
        return Rhythm(by=By.HOURS, slots=hourly, weeks=weeks, known_days=known)
    return Rhythm(by=By.DAYS, slots=daily, weeks=weeks, known_days=known)


def rate_of(hours: pl.DataFrame, now: datetime, zone: str, weeks: int) -> Rate | None:
    """Return what came in the last whole hour against the same hour of `weeks` weeks before; None without any."""
    if weeks < LEAST_WEEKS:
        return None
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0) - HOUR
    wanted = hour.astimezone(ZoneInfo(zone))
    local = _local(hours, zone)
    same = local.filter(
        pl.col("hours") == wanted.weekday() * HOURS_OF_DAY + wanted.hour, pl.col("day") < wanted.date()
    )
    by_day = dict(same.group_by("day").agg(pl.col("n").sum()).iter_rows())
    before = [by_day.get(wanted.date() - timedelta(days=DAYS * nr), 0) for nr in range(1, weeks + 1)]
    n = int(hours.filter(pl.col("hour") == hour.replace(tzinfo=None))["n"].sum())
    return Rate(hour=hour, n=n, low=min(before), high=max(before), weeks=weeks)


def _local(hours: pl.DataFrame, zone: str) -> pl.DataFrame:
    """Return hours with their day in the workspace's zone, their hour of the week and day of the week."""
    local = pl.col("hour").dt.replace_time_zone("UTC").dt.convert_time_zone(zone)
    days = local.dt.weekday().cast(pl.Int64) - 1
    return hours.with_columns(
        day=local.dt.date(), days=days, hours=days * HOURS_OF_DAY + local.dt.hour().cast(pl.Int64)
    )


def _never_empty(held: pl.DataFrame, by: By, weeks: int) -> frozenset[int]:
    """Return the hours or days of the week in which something came in every week; of eight, one may be empty.

    One empty week of so many is luck, or a holiday; two are a habit.
    """
    counted = held.group_by(by.value).agg(pl.col("day").n_unique().alias("weeks"))
    return frozenset(counted.filter(pl.col("weeks") >= least_weeks(weeks))[by.value].to_list())


def _first(today: date, weeks: int) -> date:
    return today - timedelta(days=DAYS * weeks)


def _longest(held: pl.DataFrame) -> timedelta:
    """Return the longest time between two hours with events."""
    longest = held["hour"].unique().sort().diff().max()
    return longest if isinstance(longest, timedelta) else LATE_AFTER
