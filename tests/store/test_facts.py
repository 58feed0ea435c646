"""Facts are stored once, on the workspace's own day."""

from contextlib import closing
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import numpy as np
import polars as pl
import pytest

from waypost.core import Event, Kind
from waypost.store import (
    Warehouse,
    append,
    fault_of_register,
    keep_register,
    last_arrival,
    position,
    set_positions,
)
from waypost.store.columns import columns_of, dated


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


def test_arrivals_have_no_gap_and_no_number_twice_when_a_batch_repeats_itself(warehouse: Warehouse) -> None:
    assert _append(warehouse, fact("a"), fact("a"), fact("b"), fact("b"), fact("c")) == 3
    with warehouse.writing() as writer:
        assert last_arrival(writer) == 3
    assert _append(warehouse, fact("d"), fact("d"), fact("e")) == 2
    stored = warehouse.look("select arrival, event_id from events order by all").rows()
    assert stored == [(1, "a"), (2, "b"), (3, "c"), (4, "d"), (5, "e")]


def _register(warehouse: Warehouse) -> None:
    with warehouse.writing() as writer:
        keep_register(writer, least=1)


def test_an_event_is_stored_once_however_much_of_it_is_registered(warehouse: Warehouse) -> None:
    _append(warehouse, fact("a"), fact("b"))
    _register(warehouse)
    _append(warehouse, fact("c"))
    assert _append(warehouse, fact("b"), fact("c"), fact("d"), fact("a", source="crm")) == 2
    _register(warehouse)
    assert _append(warehouse, *(fact(each) for each in "abcde")) == 1
    stored = warehouse.look("select event_id, source, arrival from events order by arrival").rows()
    product = [(each, "product", nr) for each, nr in (("a", 1), ("b", 2), ("c", 3), ("d", 4), ("e", 6))]
    assert sorted(stored) == sorted([*product, ("a", "crm", 5)])


def test_an_event_of_which_the_register_has_the_hash_alone_is_stored(warehouse: Warehouse) -> None:
    _append(warehouse, fact("a"))
    with warehouse.writing() as writer:
        (key,) = writer.ask(
            "facts/keys_of",
            frames={"numbered": pl.DataFrame({"nr": 0, "source": "product", "event_id": "b"})},
        )["key"]
        writer.register.extend(np.array([key]), np.array([1]))
    assert _append(warehouse, fact("b")) == 1


def test_events_in_very_many_places_are_all_known(
    warehouse: Warehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("waypost.store.known.NEAR", 1)
    monkeypatch.setattr("waypost.store.facts.REGISTERED_AT_ONCE", 7)
    many = [fact(str(nr)) for nr in range(300)]
    _append(warehouse, *many)
    _register(warehouse)
    assert _append(warehouse, *many[::2]) == 0
    assert _append(warehouse, *many[::30], fact("new")) == 1


def test_the_register_waits_until_many_have_come(warehouse: Warehouse) -> None:
    _append(warehouse, fact("a"))
    with warehouse.writing() as writer:
        keep_register(writer)
        assert (writer.register.covered, fault_of_register(writer)) == (0, "")
        keep_register(writer, least=1)
        assert (writer.register.covered, fault_of_register(writer)) == (1, "")


def test_a_fault_of_the_register_is_told(warehouse: Warehouse) -> None:
    _append(warehouse, fact("a"), fact("b"))
    with warehouse.writing() as writer:
        writer.register.extend(np.array([7]), np.array([2]))
        assert fault_of_register(writer) == "the register holds 1 events of 2 that are stored"
        writer.register.forget()
        writer.register.extend(np.array([7, 8]), np.array([1, 2]))
        assert fault_of_register(writer) == "the register has lost the event with the arrival 1"
        writer.register._runs = (np.array([[8, 7], [1, 2]]),)
        assert fault_of_register(writer) == "the register is not in the order in which it is searched"


def test_a_register_of_other_events_is_forgotten_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "warehouse.duckdb"
    with closing(Warehouse(file)) as warehouse:
        _append(warehouse, fact("a"), fact("b"))
        _register(warehouse)
    with closing(Warehouse(file)) as warehouse, warehouse.writing() as writer:
        assert writer.register.covered == 2
    # Somebody puts an older or another warehouse in its place.
    file.unlink()
    with closing(Warehouse(file)) as warehouse:
        with warehouse.writing() as writer:
            assert writer.register.covered == 0
        assert _append(warehouse, fact("b")) == 1


def test_events_put_there_by_others_are_counted_at_the_start(tmp_path: Path) -> None:
    file = tmp_path / "warehouse.duckdb"
    with closing(Warehouse(file)) as warehouse, warehouse.writing() as writer:
        append(writer, [fact("a"), fact("b")], zone="UTC")
        writer._cursor.execute("delete from progress")
    with closing(Warehouse(file)) as warehouse:
        assert _append(warehouse, fact("b"), fact("c")) == 1
        assert warehouse.look("select max(arrival) from events").item() == 3


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


@pytest.mark.parametrize(
    ("zone", "around"),
    [
        ("Asia/Kathmandu", datetime(2026, 8, 3, 18, 15, tzinfo=UTC)),
        ("America/St_Johns", datetime(2004, 10, 31, 2, 31, tzinfo=UTC)),
        ("Pacific/Apia", datetime(2011, 12, 30, 10, 0, tzinfo=UTC)),
        ("Africa/Monrovia", datetime(1950, 6, 1, 0, 44, 30, tzinfo=UTC)),
    ],
    ids=[
        "a day that begins at a quarter to",
        "a clock put back past midnight",
        "a day left out",
        "seconds from UTC",
    ],
)
def test_days_are_counted_anew_in_another_zone(warehouse: Warehouse, zone: str, around: datetime) -> None:
    offsets = [timedelta(seconds=n) for n in (-7200, -61, -60, -29, -1, 0, 1, 29, 60, 61, 7200)]
    _append(warehouse, *(fact(str(nr), around + each) for nr, each in enumerate(offsets)))
    with warehouse.writing() as writer:
        writer.run("facts/restate_days", {"zone": zone})
    days = warehouse.look("select happened_on from events order by arrival")["happened_on"].to_list()
    assert days == [(around + each).astimezone(ZoneInfo(zone)).date() for each in offsets]


def test_an_event_keeps_its_instants_to_the_microsecond_and_its_text_whatever_its_bytes() -> None:
    india = timezone(timedelta(hours=5, minutes=30))
    event = Event(
        event_id="1",
        source="s",
        kind=Kind.TRACK,
        name="n",
        happened_at=datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        received_at=datetime(2026, 1, 1, 3, 0, 0, 1, tzinfo=india),
        quantity=3,
        properties=msgspec.Raw(b'{"a":"\xff"}'),
    )
    (row,) = dated(columns_of([event]), zone="Asia/Kolkata").to_pylist()
    assert row["happened_at"] == datetime(1969, 12, 31, 23, 59, 59, 999_999)  # noqa: DTZ001 -- as columns have it
    assert row["received_at"] == datetime(2025, 12, 31, 21, 30, 0, 1)  # noqa: DTZ001 -- as columns have it
    assert row["happened_on"] == date(1970, 1, 1)
    assert (row["kind"], row["actor"], row["quantity"]) == ("track", "human", 3.0)
    assert (row["properties"], row["person_id"]) == ('{"a":"\ufffd"}', None)
