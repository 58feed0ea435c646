from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from waypost.collect.clocks import NO_TIME
from waypost.collect.readings import ids_of, instant_of, text_of

NINE = datetime(2026, 1, 5, 9, 0, 0, 250_000, tzinfo=UTC)


@pytest.mark.parametrize(
    "value",
    [
        1_767_603_600.25,
        1_767_603_600_250,
        1_767_603_600_250_000,
        1_767_603_600_250_000_000,
        "1767603600.25",
        "2026-01-05T09:00:00.250Z",
        "2026-01-05T14:30:00.25+05:30",
    ],
)
def test_the_size_of_a_number_tells_its_unit(value: object) -> None:
    assert instant_of(value) == NINE


@pytest.mark.parametrize(
    "value", ["soon", True, [], {}, float("nan"), float("inf"), 10**30, -(10**30), "1e999"]
)
def test_what_is_no_time_is_not_taken_for_none(value: object) -> None:
    assert instant_of(value) is NO_TIME


def test_no_time_is_none() -> None:
    assert instant_of(None) is None
    assert instant_of("") is None


def test_numbers_and_bare_texts_are_as_the_clocks_of_a_zone_show_them() -> None:
    kolkata = ZoneInfo("Asia/Kolkata")
    at_nine = datetime(2026, 1, 5, 3, 30, tzinfo=UTC)
    assert instant_of(1_767_603_600, kolkata) == at_nine
    assert instant_of("2026-01-05T09:00:00", kolkata) == at_nine
    assert instant_of("2026-01-05T09:00:00.250Z", kolkata) == NINE


def test_ids_are_texts_or_numbers_each_once() -> None:
    assert ids_of(["acme", 7, "acme", None, {}]) == ["acme", "7"]
    assert ids_of("acme") == ["acme"]


def test_what_is_no_text_is_empty() -> None:
    assert (text_of("a"), text_of(1)) == ("a", "")
