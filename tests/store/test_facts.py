"""Facts are stored once, on the workspace's own day."""

from datetime import UTC, date, datetime

import pytest

from waypost.core import Event, Kind
from waypost.store import Warehouse, append, last_arrival, position, set_positions


def fact(
    event_id: str, happened_at: datetime | None = None, *, source: str = "product", name: str = "export"
) -> Event:
    moment = happened_at or datetime(2026, 8, 3, 12, tzinfo=UTC)
    return Event(
        event_id=event_id, source=source, kind=Kind.TRACK, name=name, happened_at=moment, received_at=moment
    )


@pytest.fixture
def warehouse() -> Warehouse:
    return Warehouse(None)


def _append(warehouse: Warehouse, *events: Event, zone: str = "UTC") -> int:
    with warehouse.writing() as writer:
        return append(writer, events, zone=zone)


def test_an_event_is_stored_once_within_and_across_batches(warehouse: Warehouse) -> None:
    assert _append(warehouse, fact("a"), fact("b"), fact("a", name="other")) == 2
    assert _append(warehouse, fact("b"), fact("c")) == 1
    assert _append(warehouse) == 0
    stored = warehouse.look("select arrival, event_id, name from events order by 1").rows()
    assert stored == [(1, "a", "export"), (2, "b", "export"), (3, "c", "export")]


def test_two_sources_may_use_the_same_id(warehouse: Warehouse) -> None:
    assert _append(warehouse, fact("a"), fact("a", source="crm")) == 2


def test_what_is_not_committed_never_happened(warehouse: Warehouse) -> None:
    def fails() -> None:
        with warehouse.writing() as writer:
            append(writer, [fact("a")], zone="UTC")
            set_positions(writer, inbox=7)
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fails()
    with warehouse.writing() as writer:
        assert (last_arrival(writer), position(writer, "inbox")) == (0, None)


def test_progress_is_remembered_by_name(warehouse: Warehouse) -> None:
    with warehouse.writing() as writer:
        set_positions(writer, inbox=7)
        set_positions(writer, inbox=9)
        assert (position(writer, "inbox"), position(writer, "stated")) == (9, None)


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        ("2026-03-28T22:59:59+00:00", date(2026, 3, 28)),
        ("2026-03-28T23:00:00+00:00", date(2026, 3, 29)),  # the day of 23 hours begins, still in winter time
        ("2026-03-29T21:59:59+00:00", date(2026, 3, 29)),
        ("2026-03-29T22:00:00+00:00", date(2026, 3, 30)),  # and ends in summer time
        ("2026-10-24T22:00:00+00:00", date(2026, 10, 25)),  # the day of 25 hours
        ("2026-10-25T22:59:59+00:00", date(2026, 10, 25)),
        ("2026-10-25T23:00:00+00:00", date(2026, 10, 26)),
        ("2026-10-25T23:30:00+02:00", date(2026, 10, 25)),
    ],
)
def test_a_day_in_stockholm_has_23_24_or_25_hours(warehouse: Warehouse, instant: str, day: date) -> None:
    _append(warehouse, fact("a", datetime.fromisoformat(instant)), zone="Europe/Stockholm")
    assert warehouse.look("select happened_on from events").item() == day


def test_times_are_kept_in_utc_to_the_microsecond(warehouse: Warehouse) -> None:
    _append(warehouse, fact("a", datetime.fromisoformat("2026-08-03T14:00:00.000007+02:00")))
    assert warehouse.look("select happened_at from events").item() == datetime(2026, 8, 3, 12, 0, 0, 7)  # noqa: DTZ001
