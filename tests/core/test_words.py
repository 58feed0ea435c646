"""The words that all rooms share."""

from datetime import UTC, date, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waypost.core import (
    DefinitionError,
    DeliveryError,
    day_of,
    days_between,
    derived_id,
    fail,
    reading,
    start_of,
)

STOCKHOLM = "Europe/Stockholm"


class Plan(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    days: list[int]


def test_a_day_begins_at_its_own_midnight() -> None:
    assert start_of(date(2026, 3, 29), STOCKHOLM) == datetime(2026, 3, 28, 23, tzinfo=UTC)
    assert start_of(date(2026, 3, 30), STOCKHOLM) == datetime(2026, 3, 29, 22, tzinfo=UTC)
    assert day_of(datetime(2026, 3, 29, 21, 59, tzinfo=UTC), STOCKHOLM) == date(2026, 3, 29)


@given(
    st.dates(date(2000, 1, 1), date(2100, 1, 1)),
    st.sampled_from([STOCKHOLM, "UTC", "America/Sao_Paulo", "Asia/Kolkata"]),
)
def test_the_start_of_a_day_is_on_that_day(day: date, zone: str) -> None:
    assert day_of(start_of(day, zone), zone) == day


def test_days_between_are_both_included() -> None:
    assert days_between(date(2026, 2, 27), date(2026, 3, 1)) == [
        date(2026, 2, 27),
        date(2026, 2, 28),
        date(2026, 3, 1),
    ]
    assert days_between(date(2026, 3, 2), date(2026, 3, 1)) == []


def test_a_derived_id_is_made_of_its_causes_alone() -> None:
    assert derived_id("signal", "ada") == derived_id("signal", "ada") != derived_id("signala", "da")
    assert len(derived_id("x")) == 32


def test_a_document_s_fault_names_its_path() -> None:
    assert reading(Plan, {"days": [1]}, where="plan.yaml") == Plan(days=[1])
    with pytest.raises(
        DefinitionError, match=r"plan\.yaml: days\[1\]: here stands text; it must be a whole number"
    ):
        reading(Plan, {"days": [1, "two"]}, where="plan.yaml")
    with pytest.raises(DefinitionError, match=r"plan\.yaml: days is missing"):
        reading(Plan, {}, where="plan.yaml")
    with pytest.raises(DefinitionError) as refused:
        fail("plan.yaml", "no sense")
    assert (refused.value.where, refused.value.problem) == ("plan.yaml", "no sense")


def test_a_delivery_that_failed_says_whether_trying_again_is_useless() -> None:
    error = DeliveryError("mailbox full", permanent=False, retry_after_s=60)
    assert (str(error), error.permanent, error.retry_after_s) == ("mailbox full", False, 60)
