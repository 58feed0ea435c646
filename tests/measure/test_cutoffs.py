"""Cutoffs as rows: Acme is asked about on three days, Beta on two; Cleo's account is not asked about."""

from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from waypost.measure.cutoffs import Cutoffs, days_of

ACCOUNTS = pl.Enum(["acme", "beta", "cleo"])
MONDAY = date(2026, 8, 3)
GAPLESS = {"acme": (0, 1, 2), "beta": (1, 2)}
GAPS = {"acme": (0, 1, 5), "beta": (1, 9)}


def _rows(asked: dict[str, tuple[int, ...]]) -> Cutoffs:
    rows = [(account, MONDAY + timedelta(days=day)) for account, days in asked.items() for day in days]
    return Cutoffs.of(pl.DataFrame(rows, schema={"account_id": ACCOUNTS, "on_day": pl.Date}, orient="row"))


def _day(nr: int | None) -> date | None:
    return None if nr is None else MONDAY + timedelta(days=nr)


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        (
            GAPLESS,
            {
                ("acme", -4): 0,
                ("acme", 2): 2,
                ("acme", 3): 3,
                ("beta", 0): 3,
                ("beta", 2): 4,
                ("beta", None): 5,
            },
        ),
        (
            GAPS,
            {
                ("acme", -4): 0,
                ("acme", 2): 2,
                ("acme", 6): 3,
                ("beta", 1): 3,
                ("beta", 2): 4,
                ("beta", None): 5,
            },
        ),
    ],
    ids=["every day", "with gaps"],
)
def test_a_day_is_reached_at_the_first_row_on_or_after_it(
    asked: dict[str, tuple[int, ...]], expected: dict[tuple[str, int | None], int]
) -> None:
    rows = _rows(asked)
    place = rows.places(pl.Series([account for account, _ in expected], dtype=ACCOUNTS))
    day = days_of(pl.Series([_day(nr) for _, nr in expected], dtype=pl.Date))
    reached = rows.reach(place, day)
    assert reached.tolist() == list(expected.values())
    held = [nr is not None and nr in asked[account] for account, nr in expected]
    assert rows.holds(reached, place, day).tolist() == held


def test_an_account_that_is_not_asked_about_has_no_place() -> None:
    assert _rows(GAPLESS).places(pl.Series(["cleo", "beta"], dtype=ACCOUNTS)).tolist() == [-1, 1]


def test_values_are_added_up_by_sum_and_row() -> None:
    rows = _rows({"acme": (0, 1)})
    numbers = np.array([0, 2, 0]), np.array([0, 1, 0]), np.array([1.0, 2.0, 0.5])
    assert rows.summed(*numbers, 2).tolist() == [[1.5, 0, 0], [0, 0, 2]]


def test_names_are_refused_where_numbers_are_needed() -> None:
    with pytest.raises(TypeError, match="account_id is no enumeration"):
        Cutoffs.of(pl.DataFrame({"account_id": ["acme"], "on_day": [MONDAY]}))
