"""Events of an import are put aside, in folders of earlier versions too; what others said as well is left to them."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pytest

from waypost.core import Event, Kind
from waypost.store import Imported, Warehouse, append, undo_import

NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
EARLIER = """create table events (
  arrival bigint not null, event_id text not null, source text not null, kind text not null, name text not null,
  happened_at timestamp not null, received_at timestamp not null, happened_on date not null,
  person_id text, anonymous_id text, account_id text, actor text not null, quantity double,
  properties text not null, context text not null
);
insert into events
values (1, 'a', 'product', 'track', 'x', now(), now(), today(), 'ada', null, null, 'human', null, '{}', '{}')"""


def fact(event_id: str) -> Event:
    return Event(
        event_id=event_id, source="product", kind=Kind.TRACK, name="x", happened_at=NOW, received_at=NOW
    )


def _append(warehouse: Warehouse, *ids: str, by: int = 0) -> int:
    imported = [Imported(import_id=by, start=0, n=len(ids))] if by else []
    with warehouse.writing() as writer:
        return append(writer, [fact(each) for each in ids], zone="UTC", imported=imported)


def _undo(warehouse: Warehouse, import_id: int) -> int:
    with warehouse.writing() as writer:
        return undo_import(writer, import_id)


def _held(warehouse: Warehouse) -> list[tuple[str, int | None]]:
    return warehouse.look("select event_id, import_id from events order by 1").rows()


def test_a_warehouse_of_an_earlier_version_learns_which_import_brought_what(tmp_path: Path) -> None:
    with closing(duckdb.connect(str(tmp_path / "warehouse.duckdb"))) as earlier:
        earlier.execute(EARLIER)
    for _ in range(2):
        with closing(Warehouse(tmp_path / "warehouse.duckdb")) as warehouse:
            _append(warehouse, "a", "b", by=3)
            assert _held(warehouse) == [("a", None), ("b", 3)]
    with closing(Warehouse(tmp_path / "warehouse.duckdb")) as warehouse:
        assert _undo(warehouse, 3) == 1
        assert _held(warehouse) == [("a", None)]
        assert warehouse.look("select event_id, import_id from undone").rows() == [("b", 3)]


@pytest.mark.parametrize(
    ("others", "left"),
    [((), []), ((0,), [("a", None)]), ((2,), [("a", 2)]), ((2, 0), [("a", None)]), ((1,), [])],
)
def test_what_others_said_as_well_is_theirs(
    others: tuple[int, ...], left: list[tuple[str, int | None]]
) -> None:
    warehouse = Warehouse(None)
    assert _append(warehouse, "a", "b", by=1) == 2
    for other in others:
        assert _append(warehouse, "a", by=other) == 0
    _undo(warehouse, 1)
    assert _held(warehouse) == left
    assert _append(warehouse, "b") == 1, "what was put aside may come again"


def test_undone_one_after_the_other_nothing_is_left() -> None:
    warehouse = Warehouse(None)
    for each in (1, 2, 3):
        _append(warehouse, "a", by=each)
    assert [_undo(warehouse, each) for each in (2, 1, 3)] == [0, 0, 1]
    assert _held(warehouse) == []
    assert warehouse.look("select * from said_again").rows() == []
