"""Weeks of use of an account: people seen against people expected, and the rhythm of the days."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import ClassVar

import msgspec
import polars as pl
from markupsafe import Markup

from waypost.show import charts, words
from waypost.show.visit import Visit

WEEKS, WEEKS_NARROW = 26, 12
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WORKING_DAYS = 5
NAMED_DAYS = (1, 7, 14, 21, 28)


class Weeks(msgspec.Struct, frozen=True, kw_only=True):
    """The weeks of the chart, oldest first, with what their newest says."""

    HEAD: ClassVar = [
        "week_ends_on",
        "people",
        "expected",
        "low",
        "high",
        "called",
        "days_of_use",
        "uses",
        "automated_uses",
    ]
    title: str
    says: str
    wide: Markup
    narrow: Markup
    rows: list[tuple[charts.Seen, int, int, int]]
    expects: str

    def table(self) -> list[list[object]]:
        """Return the numbers of the chart, one row a week."""
        return [
            [
                seen.last_on,
                round(seen.seen),
                seen.expected,
                seen.low,
                seen.high,
                "fell" if seen.fell else "rose" if seen.rose else None,
                days,
                uses,
                automated,
            ]
            for seen, days, uses, automated in self.rows
        ]


class Rhythm(msgspec.Struct, frozen=True, kw_only=True):
    """How use falls on weekdays, and how many people were active on how many days."""

    title: str
    weekdays: Markup
    each: Markup
    rows: list[tuple[str, int, int]]
    spread: list[tuple[int, int]]
    total: int


def weeks_of(visit: Visit, account_id: str, tier: str | None, cutoff: date) -> Weeks:
    """Return half a year of weeks that end with the cutoff."""
    asked = {"account": account_id, "cutoff": cutoff, "weeks": WEEKS}
    found = visit.desk.warehouse.ask("show/account_usage_weeks", asked)
    told = {(week, actor): rest for week, actor, *rest in found.rows()}
    seen = [
        charts.Seen(
            last_on=cutoff - timedelta(days=7 * week),
            seen=float(told.get((week, "human"), (0, 0, 0))[0]),
            open=week == 0 and cutoff == visit.today,
        )
        for week in range(WEEKS)
    ][::-1]
    rows = [
        (
            each,
            told.get((week, "human"), (0, 0, 0))[1],
            told.get((week, "human"), (0, 0, 0))[2],
            told.get((week, "automated"), (0, 0, 0))[2],
        )
        for each, week in zip(seen, range(WEEKS - 1, -1, -1), strict=True)
    ]
    says = f"Active people a week, {WEEKS} weeks to {words.day(cutoff, visit.today)}."
    return Weeks(
        title=_title(seen[-1], visit.today),
        says=says,
        wide=charts.expected_chart(seen, says, charts.WIDE),
        narrow=charts.expected_chart(seen[-WEEKS_NARROW:], says, charts.NARROW),
        rows=rows,
        expects="",
    )


def rhythm_of(found: pl.DataFrame, within_days: int) -> Rhythm:
    """Return the rhythm from what the question `show/account_usage_rhythm` answered."""

    def counts(part: str, actor: str) -> dict[int, int]:
        mine = found.filter((pl.col("part") == part) & (pl.col("actor") == actor))
        return dict(mine.select("place", "n").rows())

    people, automated = counts("weekday", "human"), counts("weekday", "automated")
    spread = counts("active_days", "human")
    rows = [(name, people.get(nr, 0), automated.get(nr, 0)) for nr, name in enumerate(WEEKDAYS, start=1)]
    total = sum(people.values())
    return Rhythm(
        title=_rhythm_title(rows, total),
        weekdays=charts.bars(
            [
                charts.Bar(name=name, value=float(n), quiet=nr >= WORKING_DAYS)
                for nr, (name, n, _) in enumerate(rows)
            ],
            "Days of use by weekday: " + ", ".join(f"{name} {n}" for name, n, _ in rows),
        ),
        each=charts.bars(
            [
                charts.Bar(name=str(k), value=float(spread.get(k, 0)), named=k in NAMED_DAYS)
                for k in range(1, within_days + 1)
            ],
            f"People by how many of {within_days} days they were active",
            plot=64,
        ),
        rows=rows,
        spread=sorted(spread.items()),
        total=total,
    )


def _title(newest: charts.Seen, today: date) -> str:
    people = words.plural(round(newest.seen), "person", "people")
    if newest.expected is None or newest.low is None or newest.high is None:
        return f"{people} used it in the 7 days to {words.day(newest.last_on, today)}"
    band = f"{words.number(newest.low)} to {words.number(newest.high)}"
    if newest.fell:
        return f"Use fell: {people} in 7 days, {band} were expected"
    return f"{people} used it in 7 days; {band} were expected"


def _rhythm_title(rows: Sequence[tuple[str, int, int]], total: int) -> str:
    if not total:
        return "Nobody used it in 28 days"
    name, most, _ = max(rows, key=lambda row: row[1])
    weekend = sum(n for _, n, _ in rows[WORKING_DAYS:])
    return f"{name} is the busiest day ({words.percent(most / total)}); weekends are {words.percent(weekend / total)}"
