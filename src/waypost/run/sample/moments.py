"""Single moments of the clickstream that matter more than habits: settings switched, trainings finished together."""

from collections.abc import Iterator

import numpy as np
import polars as pl

from waypost.run.sample import halcyon
from waypost.run.sample.calendar import DAYS, NEVER
from waypost.run.sample.halcyon import HALCYON
from waypost.run.sample.world import World

# Share of well-run accounts that switch it on, and the days after going live within which they do.
SETTINGS = {
    "scheduled_reports": (0.86, 50),
    "carrier_sync": (0.99, 16),
    "single_sign_on": (0.78, 70),
    "weekly_digest": (0.82, 40),
}
SWITCHED_OFF_AGAIN = 0.05
Moment = tuple[int, int, float, str, str]


def moments(world: World) -> pl.DataFrame:
    """Return messages that were not drawn from habits: user, group, at_us, event, properties (JSON), message_id."""
    days, cast, who = world.days, world.cast, world.who
    told = [*_settings(world), *_halcyon(world), *_trainings(world)]
    person = np.array([moment[0] for moment in told], dtype=np.int64)
    return pl.DataFrame(
        {
            "user": who.ids[person], "group": cast.ids[who.account[person]],
            "at_us": [int(days.midnight_us[who.place[n], day] + minute * 60e6) for n, day, minute, _, _ in told],
            "event": [event for *_, event, _ in told], "properties": [said for *_, said in told],
            "message_id": [f"moment-{nr}" for nr in range(len(told))],
        },
        schema_overrides={"at_us": pl.Int64},
    )  # fmt: skip


def _settings(world: World) -> Iterator[Moment]:
    days, cast, who, rng = world.days, world.cast, world.who, world.rng("settings")
    for account in range(len(cast)):
        first = int(np.flatnonzero(who.account == account)[0])
        live, end = int(cast.live[account]), int(min(cast.ends[account], DAYS))
        for setting, (share, within) in SETTINGS.items():
            day = int(days.workday(np.array([live + 1 + rng.integers(0, within)]))[0])
            wants = rng.random() < share * (0.35 + 0.65 * cast.quality[account])
            if account == HALCYON:
                wants = setting in ("carrier_sync", "weekly_digest")
            if wants and day < end:
                yield first, day, 10 * 60.0, "Setting Changed", _said(setting, "on")
                off = day + int(rng.integers(60, 150))
                if rng.random() < SWITCHED_OFF_AGAIN and off < end and account != HALCYON:
                    yield first, off, 15 * 60.0, "Setting Changed", _said(setting, "off")


def _halcyon(world: World) -> Iterator[Moment]:
    """Ana Sousa switches scheduled reports on for three depots; six people finish the admin training."""
    days, who = world.days, world.who
    ana = world.halcyon("Ana")
    here = np.flatnonzero((who.account == HALCYON) & (who.left == NEVER))
    for nr in range(3):
        yield (
            ana,
            days.day(halcyon.SCHEDULED),
            9 * 60 + 5 + 2.0 * nr,
            "Setting Changed",
            _said("scheduled_reports", "on", f"depot-{nr + 3}"),
        )
    admins = here[who.roles[here] == halcyon.ADMIN]
    for nr, person in enumerate(admins[:6]):
        yield (
            int(person),
            days.day(halcyon.TRAINED),
            14 * 60.0 + nr,
            "Training Finished",
            '{"course":"Admin training"}',
        )


def _trainings(world: World) -> Iterator[Moment]:
    """Accounts that recovered did so after a training day."""
    days, cast, who = world.days, world.cast, world.who
    for account in np.flatnonzero(cast.told("recovery")):
        turn = int(days.workday(np.array([cast.turn[account]]))[0])
        here = np.flatnonzero((who.account == account) & (who.joined < turn) & (who.left > turn))
        for nr, person in enumerate(here[:12]):
            yield int(person), turn, 14 * 60.0 + nr, "Training Finished", '{"course":"Reports in an hour"}'


def _said(setting: str, value: str, depot: str = "") -> str:
    where = f',"depot":"{depot}"' if depot else ""
    return f'{{"setting":"{setting}","value":"{value}"{where}}}'
