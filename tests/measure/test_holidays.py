"""Holidays: single days, spans and days of every year."""

from datetime import date
from typing import Any

import pytest

from waypost.core import DefinitionError
from waypost.measure import Holidays


def _read(*days: dict[str, Any]) -> Holidays:
    return Holidays.from_document({"kind": "holidays", "key": "holidays", "days": list(days)}, where="h.yaml")


def test_days_spans_and_days_of_every_year_are_named() -> None:
    read = _read(
        {"every": "12-25", "name": "Christmas Day"},
        {"day": "2026-04-03", "name": "Good Friday"},
        {"day": "2026-12-28", "until": "2026-12-30", "name": "Between the years"},
        {"every": "02-29", "name": "Leap day"},
    )
    assert read.between(date(2024, 2, 1), date(2026, 12, 29)) == {
        date(2024, 2, 29): "Leap day",
        date(2024, 12, 25): "Christmas Day",
        date(2025, 12, 25): "Christmas Day",
        date(2026, 4, 3): "Good Friday",
        date(2026, 12, 25): "Christmas Day",
        date(2026, 12, 28): "Between the years",
        date(2026, 12, 29): "Between the years",
    }
    assert Holidays().between(date(2024, 1, 1), date(2026, 1, 1)) == {}


@pytest.mark.parametrize(
    ("day", "complaint"),
    [
        ({}, "give either day or every"),
        ({"day": "2026-04-03", "every": "04-03"}, "give either day or every"),
        ({"every": "13-01"}, "every: '13-01' is no day of a year; write month and day, as in \"12-25\""),
        ({"every": "Christmas"}, "every: 'Christmas' is no day of a year"),
        ({"every": "12-25", "until": "2026-12-26"}, "until: goes with day"),
        ({"day": "2026-04-03", "until": "2026-04-02"}, "until: must come on or after day, within 60 days"),
        ({"day": "2026-04-03", "until": "2027-04-02"}, "until: must come on or after day, within 60 days"),
    ],
)
def test_a_holiday_that_makes_no_sense_is_refused_with_its_place(day: dict[str, Any], complaint: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        _read({"every": "01-01", "name": "New Year"}, {"name": "It", **day})
    assert str(refused.value).startswith(f"h.yaml: days[1]: {complaint}")
