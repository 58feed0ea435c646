from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import msgspec
import pytest

from waypost.collect.query_mapping import Rows, read_mapping
from waypost.core import Actor, Event

NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
MAPPING = {"time": "at", "key": ["id"], "cursor": "id", "event": "sale", "person": "who", "quantity": "n"}
ROW: dict[str, Any] = {"id": 7, "at": datetime(2026, 6, 1, 10), "who": "ada", "n": 1}  # noqa: DTZ001 -- as drivers give it


def event(row: dict[str, Any], **changed: Any) -> Event | tuple[str, str]:  # noqa: ANN401 -- parts of a mapping
    return Rows(read_mapping({**MAPPING, **changed}), "db").event({**ROW, **row}, NOW)


def kept(row: dict[str, Any], **changed: Any) -> Event:  # noqa: ANN401 -- as above
    found = event(row, **changed)
    assert isinstance(found, Event)
    return found


@pytest.mark.parametrize(
    ("at", "happened_at"),
    [
        (datetime(2026, 6, 1, 10, tzinfo=UTC), datetime(2026, 6, 1, 10, tzinfo=UTC)),
        (date(2026, 6, 1), datetime(2026, 6, 1, tzinfo=UTC)),
        ("2026-06-01 10:00:00.5", datetime(2026, 6, 1, 10, 0, 0, 500_000, tzinfo=UTC)),
        (Decimal(1_780_000_000), datetime.fromtimestamp(1_780_000_000, UTC)),
        (datetime(2030, 1, 1, tzinfo=UTC), NOW),
    ],
)
def test_a_databases_times_are_instants(at: object, happened_at: datetime) -> None:
    assert kept({"at": at}).happened_at == happened_at


@pytest.mark.parametrize("at", [None, True, "soon", -1e20, 1e30, float("nan"), [], date(1999, 1, 1)])
def test_what_is_no_time_is_refused(at: object) -> None:
    refused = event({"at": at})
    assert not isinstance(refused, Event)
    assert refused[0] == "impossible_time"


@pytest.mark.parametrize(
    ("written", "text"),
    [(b"\x0f\xa0", "0fa0"), (Decimal(7), "7"), (7.0, "7"), (7.5, "7.5"), (UUID(int=1), str(UUID(int=1)))],
)
def test_ids_of_any_type_become_text(written: object, text: str) -> None:
    assert (kept({"id": written}).event_id, kept({"who": written}).person_id) == (text, text)


@pytest.mark.parametrize(
    ("written", "number"), [(None, None), ("", None), ("1.5", 1.5), (Decimal("2.25"), 2.25), (3, 3)]
)
def test_a_quantity_is_a_number_or_none(written: object, number: float | None) -> None:
    assert kept({"n": written}).quantity == number


def test_other_columns_become_properties_that_json_can_say() -> None:
    row = {
        "a": Decimal("1.5"),
        "b": b"x",
        "c": date(2026, 1, 1),
        "d": UUID(int=0),
        "e": "\ud800",
        "f": None,
        "g": [1],
    }
    assert msgspec.json.decode(kept(row).properties) == {
        "a": 1.5,
        "b": "eA==",
        "c": "2026-01-01",
        "d": str(UUID(int=0)),
        "e": "?",
        "f": None,
        "g": [1],
    }


def test_name_and_actor_may_be_columns() -> None:
    found = kept({"what": "Refund", "by": "system"}, event=None, event_column="what", actor_column="by")
    assert (found.name, found.actor) == ("Refund", Actor.SYSTEM)


def test_what_is_done_for_nobody_is_automated_unless_a_column_says_otherwise() -> None:
    assert kept({"who": None, "org": "acme"}, account="org").actor is Actor.AUTOMATED
    assert kept({"org": "acme"}, account="org").actor is Actor.HUMAN
    assert kept({"who": None, "org": "acme"}, account="org", actor="system").actor is Actor.SYSTEM
    told = kept({"who": None, "org": "acme", "by": "human"}, account="org", actor_column="by")
    assert told.actor is Actor.HUMAN
