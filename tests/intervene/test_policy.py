from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from waypost.core import DefinitionError
from waypost.intervene import ContactPolicy

NIGHTS = {"quiet_hours": {"from": "20:00", "until": "07:00"}, "quiet_days": ["saturday", "sunday"]}


def policy(**document: object) -> ContactPolicy:
    return ContactPolicy.from_document(document, where="contact_policy.yaml")


def berlin(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Europe/Berlin")).astimezone(UTC)


@pytest.mark.parametrize(
    ("at", "allowed"),
    [
        ("2026-11-04 12:00", "2026-11-04 12:00"),  # a Wednesday noon
        ("2026-11-04 19:59", "2026-11-04 19:59"),
        ("2026-11-04 20:00", "2026-11-05 07:00"),
        ("2026-11-05 06:59", "2026-11-05 07:00"),
        ("2026-11-05 07:00", "2026-11-05 07:00"),
        ("2026-11-06 21:00", "2026-11-09 07:00"),  # Friday evening: Monday morning
        ("2026-11-07 12:00", "2026-11-09 07:00"),
    ],
)
def test_messages_wait_for_the_end_of_quiet_hours_and_days(at: str, allowed: str) -> None:
    assert policy(**NIGHTS).next_allowed(berlin(at), "Europe/Berlin") == berlin(allowed)


def test_quiet_hours_within_one_day_end_on_that_day() -> None:
    lunch = policy(quiet_hours={"from": "12:00", "until": "13:00"})
    assert lunch.next_allowed(berlin("2026-11-04 12:30"), "Europe/Berlin") == berlin("2026-11-04 13:00")
    assert lunch.next_allowed(berlin("2026-11-04 13:30"), "Europe/Berlin") == berlin("2026-11-04 13:30")


def test_a_quiet_time_that_clocks_jump_over_ends_after_the_jump() -> None:
    # On 2026-03-29 Berlin goes from 02:00 straight to 03:00, which is 01:00 UTC.
    quiet = policy(quiet_hours={"from": "22:00", "until": "02:30"})
    ends = quiet.next_allowed(berlin("2026-03-28 23:00"), "Europe/Berlin")
    assert ends == datetime(2026, 3, 29, 1, 30, tzinfo=UTC)


def test_an_hour_that_occurs_twice_is_quiet_twice() -> None:
    # On 2026-10-25 Berlin shows 02:00 to 03:00 twice: from 00:00 UTC and from 01:00 UTC.
    quiet = policy(quiet_hours={"from": "22:00", "until": "02:30"})
    assert quiet.next_allowed(datetime(2026, 10, 25, 0, 10, tzinfo=UTC), "Europe/Berlin") == datetime(
        2026, 10, 25, 0, 30, tzinfo=UTC
    )
    assert quiet.next_allowed(datetime(2026, 10, 25, 1, 10, tzinfo=UTC), "Europe/Berlin") == datetime(
        2026, 10, 25, 1, 30, tzinfo=UTC
    )


@given(
    st.datetimes(datetime(2026, 1, 1), datetime(2027, 12, 31), timezones=st.just(UTC)),  # noqa: DTZ001 -- hypothesis adds the zone
    st.integers(0, 23),
    st.integers(0, 23),
    st.sampled_from(["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "UTC", "Asia/Kathmandu"]),
)
def test_the_allowed_instant_is_never_early_never_quiet_and_within_three_days(
    at: datetime, starts: int, until: int, zone: str
) -> None:
    if starts == until:
        return
    chosen = policy(**{**NIGHTS, "quiet_hours": {"from": f"{starts:02}:00", "until": f"{until:02}:00"}})
    allowed = chosen.next_allowed(at, zone)
    assert at <= allowed <= at + timedelta(days=4)
    local = allowed.astimezone(ZoneInfo(zone))
    assert local.weekday() < 5
    assert chosen.quiet_hours
    assert not chosen.quiet_hours.hold(local.time())


@pytest.mark.parametrize(
    ("document", "fault"),
    [
        (
            {"quiet_days": ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]},
            "left",
        ),
        ({"quiet_hours": {"from": "20:00", "until": "20:00"}}, "same time"),
        ({"quiet_hours": {"from": 1200, "until": "07:00"}}, "quiet_hours.from"),
        ({"quiet_hours": {"from": "25:00", "until": "07:00"}}, "quiet_hours.from"),
        ({"messages_per_person_per_week": -1}, "messages_per_person_per_week"),
        ({"quiet_day": []}, "quiet_day"),
    ],
)
def test_a_policy_without_sense_is_refused(document: dict[str, Any], fault: str) -> None:
    with pytest.raises(DefinitionError, match=fault):
        policy(**document)
