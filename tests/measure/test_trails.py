"""Trails: the next time of everybody is one search, and an open day makes it unsure until the events are asked."""

from datetime import datetime, timedelta

import polars as pl
import pytest

from waypost.measure import trails as module
from waypost.measure.trails import NEVER, Keys, Trails

NOON = datetime(2026, 1, 5, 12)  # noqa: DTZ001 -- UTC, as tables hold it
MARKS: dict[str, pl.DataType | type[pl.DataType]] = {
    "unit": pl.String,
    "nr": pl.Int32,
    "first_at": pl.Datetime("us"),
    "last_at": pl.Datetime("us"),
    "n": pl.Int64,
}


def _at(hours: float) -> datetime:
    return NOON + timedelta(hours=hours)


def _marks(*rows: tuple[str, int, float, float, int]) -> pl.DataFrame:
    told = [(unit, nr, _at(first), _at(last), n) for unit, nr, first, last, n in rows]
    return pl.DataFrame(told, schema=MARKS, orient="row")


def _hours(trails: Trails, keys: Keys) -> list[float | None]:
    return [at and (at - NOON) / timedelta(hours=1) for at in trails.instants(keys).to_list()]


def test_the_next_time_is_ones_own() -> None:
    [trails] = Trails.of(_marks(("ben", 1, 1, 1, 1), ("ada", 1, 0, 5, 2), ("ada", 2, 3, 3, 1)), 2)
    assert trails.units.to_list() == ["ada", "ben"]
    first, _ = trails.next(0, trails.bases)
    assert _hours(trails, first) == [0, 1]
    second, unsure = trails.next(1, first)
    assert _hours(trails, second) == [3, None]
    assert second[1] == NEVER
    assert not unsure.any()


def test_a_step_that_repeats_must_come_later() -> None:
    [trails] = Trails.of(_marks(("ada", 1, 0, 4, 2), ("ada", 2, 0, 4, 2)), 2)
    first, _ = trails.next(0, trails.bases)
    assert _hours(trails, trails.next(1, first)[0]) == [0]
    assert _hours(trails, trails.next(1, first, later=True)[0]) == [4]


def test_an_open_day_is_unsure_until_all_its_times_are_known() -> None:
    marks = _marks(("ada", 1, 2, 2, 1), ("ada", 2, 0, 8, 3), ("ben", 1, 2, 2, 1), ("ben", 2, 2, 8, 3))
    [trails] = Trails.of(marks, 2)
    first, _ = trails.next(0, trails.bases)
    found, unsure = trails.next(1, first)
    assert _hours(trails, found) == [8, 2]
    assert unsure.tolist() == [True, False], "Ben did it at the very time"
    times = pl.DataFrame({"unit": ["ada"] * 3, "nr": [2, 2, 2], "reached_at": [_at(0), _at(3), _at(8)]})
    known = trails.knowing(pl.Series(["ada"]), times)
    found, unsure = known.next(1, first)
    assert _hours(known, found) == [3, 2]
    assert not unsure.any()
    assert known.nbytes > 0


def test_the_second_time_of_an_open_day_is_unsure_when_it_must_be_later() -> None:
    [trails] = Trails.of(_marks(("ada", 1, 0, 6, 3), ("ada", 2, 0, 6, 3)), 2)
    first, _ = trails.next(0, trails.bases)
    assert not trails.next(1, first)[1].any()
    assert trails.next(1, first, later=True)[1].all()


def test_many_units_over_a_long_time_are_parted(monkeypatch: pytest.MonkeyPatch) -> None:
    marks = _marks(*[(f"p{nr}", 1, nr, nr, 1) for nr in range(5)])
    monkeypatch.setattr(module, "_NUMBERS", 2 * (4 * 3600 * 10**6 + 1))
    parts = Trails.of(marks, 1)
    assert [each.units.to_list() for each in parts] == [["p0", "p1"], ["p2", "p3"], ["p4"]]
    told = [_hours(each, each.next(0, each.bases)[0]) for each in parts]
    assert told == [[0, 1], [2, 3], [4]]


def test_nothing_has_no_trails() -> None:
    assert Trails.of(_marks(), 3) == []
