"""The calendar: nine months of days, what each is like in each region, and where local midnight lies in UTC."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import numpy as np

from waypost.core import start_of
from waypost.run.sample.chance import Floats, Ints

DAYS = 273
NEVER = 10_000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MINUTE_US = 60_000_000
MONDAY_TO_SUNDAY = (1.0, 1.06, 1.05, 1.02, 0.87, 0.09, 0.05)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where an account works: its zone, its region, and the names met there."""

    zone: str
    region: str
    names: dict[str, float]
    currency: str


PLACES = (
    Place(
        zone="Europe/Stockholm", region="EU", currency="EUR", names={"nordic": 6, "slavic": 1, "arabic": 1}
    ),
    Place(zone="Europe/Berlin", region="EU", currency="EUR", names={"german": 5, "slavic": 2, "arabic": 1}),
    Place(zone="Europe/Lisbon", region="EU", currency="EUR", names={"iberian": 6, "african": 1}),
    Place(zone="Europe/Paris", region="EU", currency="EUR", names={"french": 6, "arabic": 2, "african": 1}),
    Place(zone="Europe/Warsaw", region="EU", currency="EUR", names={"slavic": 7, "german": 1}),
    Place(
        zone="Europe/London",
        region="UK",
        currency="GBP",
        names={"british": 5, "south_asian": 2, "african": 1},
    ),
    Place(zone="America/New_York", region="NA", currency="USD", names={"american": 6, "south_asian": 1}),
    Place(zone="America/Chicago", region="NA", currency="USD", names={"american": 5, "iberian": 2}),
    Place(zone="Asia/Kolkata", region="APAC", currency="USD", names={"south_asian": 8}),
    Place(zone="Asia/Singapore", region="APAC", currency="USD", names={"east_asian": 6, "south_asian": 2}),
)
PLACE_SHARES = (0.11, 0.15, 0.06, 0.08, 0.07, 0.15, 0.14, 0.10, 0.07, 0.07)

# (month, day) of the days on which nearly nobody works; moving feasts are left out, as a sample may.
HOLIDAYS = {
    "EU": {(1, 1), (5, 1), (12, 24), (12, 25), (12, 26), (12, 31)},
    "UK": {(1, 1), (8, 31), (12, 25), (12, 26)},
    "NA": {(1, 1), (7, 4), (9, 7), (11, 26), (11, 27), (12, 25)},
    "APAC": {(1, 1), (1, 26), (8, 15), (10, 2), (12, 25)},
}
# Share of the usual work done in each month: long European summers, a peak before the winter feasts.
SEASONS = {
    "EU": (0.95, 1.0, 1.0, 0.98, 0.97, 0.95, 0.82, 0.78, 1.0, 1.05, 1.08, 0.85),
    "UK": (0.96, 1.0, 1.0, 0.97, 0.98, 0.98, 0.90, 0.84, 1.0, 1.04, 1.08, 0.86),
    "NA": (0.97, 1.0, 1.0, 1.0, 0.99, 0.97, 0.92, 0.94, 1.0, 1.05, 1.05, 0.86),
    "APAC": (1.0, 0.97, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.96, 1.02, 0.97),
}
QUIET_DAY = 0.07


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """The sample's days, counted from 0 to DAYS - 1 (today), as the workspace and each place see them."""

    today: date
    now: datetime
    zone: str
    dates: tuple[date, ...]
    weekday: Ints
    rhythm: Floats
    midnight_us: Ints

    @property
    def now_us(self) -> int:
        """The present instant in microseconds since 1970."""
        return microseconds(self.now)

    def day(self, ago: int) -> int:
        """Return the number of the day that lies `ago` days before today."""
        return DAYS - 1 - ago

    def at(self, place: int, day: int, minute: float) -> datetime:
        """Return the instant of a local minute of a day at a place, to the second."""
        return EPOCH + timedelta(seconds=int(self.midnight_us[place, day]) // 1_000_000 + int(minute * 60))

    def workday(self, days: Ints) -> Ints:
        """Return the days with Saturdays and Sundays moved to the Monday after, and none after today."""
        kept = np.clip(days, 0, DAYS - 1)
        moved = kept + _to_monday(self.weekday[kept])
        return np.where(moved > DAYS - 1, kept, moved)


def calendar(today: date, now: datetime, zone: str) -> Calendar:
    """Return the calendar of the nine months that end today."""
    dates = tuple(today - timedelta(days=DAYS - 1 - n) for n in range(DAYS))
    return Calendar(
        today=today,
        now=now,
        zone=zone,
        dates=dates,
        weekday=np.array([day.weekday() for day in dates], dtype=np.int64),
        rhythm=np.array([[_work_done(place.region, day) for day in dates] for place in PLACES]),
        midnight_us=np.array(
            [[microseconds(start_of(day, place.zone)) for day in dates] for place in PLACES], dtype=np.int64
        ),
    )


def microseconds(instant: datetime) -> int:
    """Return an aware instant in whole microseconds since 1970."""
    return (instant - EPOCH) // timedelta(microseconds=1)


def _work_done(region: str, day: date) -> float:
    quiet = QUIET_DAY if (day.month, day.day) in HOLIDAYS[region] else 1.0
    return MONDAY_TO_SUNDAY[day.weekday()] * SEASONS[region][day.month - 1] * quiet


def _to_monday(weekday: Ints) -> Ints:
    return np.where(weekday >= len(MONDAY_TO_SUNDAY) - 2, len(MONDAY_TO_SUNDAY) - weekday, 0)
