"""Weeks of use of an account: people seen against people expected, and the rhythm of the days."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, ClassVar

import msgspec
import polars as pl
from markupsafe import Markup

from waypost.measure import FALSE_ALARMS
from waypost.show import charts, words
from waypost.show.expectations import Expected
from waypost.show.pages.account import Account
from waypost.show.visit import Visit

WEEKS, WEEKS_NARROW = 26, 12
WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
WORKING_DAYS = 5
MOST_CHANGED = 12
NAMED_DAYS = (1, 7, 14, 21, 28)


class Changed(msgspec.Struct, frozen=True, kw_only=True):
    """A person whose use fell below what was expected of them."""

    person_id: str
    name: str
    seen: int
    expected: float
    days: int


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
    known: bool
    changed: list[Changed]
    asked_people: int

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


def weeks_of(visit: Visit, account: Account, cutoff: date, *, expected: Expected | None) -> Weeks:
    """Return half a year of weeks that end with the cutoff, against what was expected when that is worked out."""
    asked = {"account": account.account_id, "cutoff": cutoff, "weeks": WEEKS}
    found = visit.desk.warehouse.ask("show/account_usage_weeks", asked)
    told = {(week, actor): rest for week, actor, *rest in found.rows()}
    nothing = (0, 0, 0)
    bands = _bands(expected)
    rows = []
    for week in range(WEEKS - 1, -1, -1):
        people, days, uses = told.get((week, "human"), nothing)
        seen = charts.Seen(
            last_on=cutoff - timedelta(days=7 * week),
            seen=float(people),
            open=week == 0 and cutoff == visit.today,
            **bands.get(week, {}),
        )
        rows.append((seen, days, uses, told.get((week, "automated"), nothing)[2]))
    seen_all = [seen for seen, *_ in rows]
    says = f"Active people a week, {WEEKS} weeks to {words.day(cutoff, visit.today)}."
    return Weeks(
        title=_title(seen_all[-1], visit.today, _why(expected)),
        says=says,
        wide=charts.expected_chart(seen_all, says, charts.WIDE),
        narrow=charts.expected_chart(seen_all[-WEEKS_NARROW:], says, charts.NARROW),
        rows=rows,
        expects=_expects(expected),
        known=expected is not None,
        changed=_changed(visit, expected),
        asked_people=expected.asked_people if expected else 0,
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


def _bands(expected: Expected | None) -> dict[int, dict[str, Any]]:
    if expected is None:
        return {}
    named = ("expected", "low", "high", "fell", "rose")
    return {row["week"]: {name: row[name] for name in named} for row in expected.weeks.to_dicts()}


def _why(expected: Expected | None) -> tuple[str | None, bool]:
    """Return why nothing was expected of the newest week, and whether the last four weeks together fell."""
    newest = expected.weeks.filter(pl.col("week") == 0) if expected else None
    if newest is None or not newest.height:
        return None, False
    return newest["why"].item(), bool(newest["faded"].item())


def _expects(expected: Expected | None) -> str:
    if expected is None:
        return ""
    why, _ = _why(expected)
    if why:
        return f"Nothing is expected of the newest week: {why}."
    peers = words.plural(expected.peers, "account", "accounts")
    names = ", ".join(expected.holidays)
    holidays = f" Less is expected of the newest week: {names}." if names else ""
    return (
        "The band is what was expected of each week from the weeks before it, and from what moved the others of its "
        f"tier in that week ({peers}). A fall is called when so few would come by chance in at most 1 of "
        f"{round(1 / FALSE_ALARMS)} weeks.{holidays}"
    )


def _changed(visit: Visit, expected: Expected | None) -> list[Changed]:
    if expected is None or not expected.people.height:
        return []
    rows = (
        expected.people.sort("expected_month", descending=True, nulls_last=True).head(MOST_CHANGED).to_dicts()
    )
    frames = {
        "of_people": pl.DataFrame({"person_id": [row["subject_id"] for row in rows]}),
        "of_accounts": pl.DataFrame(schema={"account_id": pl.String}),
    }
    names = dict(visit.desk.warehouse.ask("show/measured_names", frames=frames).select("id", "name").rows())
    return [
        Changed(
            person_id=row["subject_id"],
            name=names.get(row["subject_id"], row["subject_id"]),
            seen=row["seen_month"] if row["faded"] else row["seen"],
            expected=row["expected_month"] if row["faded"] else row["expected"],
            days=28 if row["faded"] else 7,
        )
        for row in rows
    ]


def _title(newest: charts.Seen, today: date, why: tuple[str | None, bool]) -> str:
    people = words.plural(round(newest.seen), "person", "people")
    if newest.expected is None or newest.low is None or newest.high is None:
        return f"{people} used it in the 7 days to {words.day(newest.last_on, today)}"
    if why[1] and not newest.fell:
        return f"Use faded over four weeks: {people} in the last 7 days"
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
