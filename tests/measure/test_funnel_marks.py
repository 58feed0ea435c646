"""The marks of a funnel are read once, and theirs again whom a round changed."""

import random
from datetime import UTC, timedelta

import msgspec
import polars as pl
import pytest

from tests.laws.worlds import ANALYSTS, EVERYBODY, LAST_DAY, PEOPLE, anything
from tests.tale import CATALOGUE, FIRST, Tale
from waypost.measure import Catalogue, Crowd, FunnelAsked, Level, Step, funnel_marks, walk
from waypost.store import Frames, Params, Warehouse, set_positions

READ = Catalogue.from_document(CATALOGUE, where="tests")
DAYS = 10


@pytest.fixture
def tale() -> Tale:
    told = Tale("acme").on_day(1)
    for who in ("ada", "ben", "cleo"):
        # Three times in a day: only the events tell which of them came after the export.
        told.by(who).uses("sign_in").uses("export").uses("sign_in", 2)
    told.on_day(DAYS).round()
    return told


def _asked(tale: Tale, **more: object) -> FunnelAsked:
    steps = tuple(Step(kind="feature", feature=each) for each in ("sign_in", "export", "sign_in"))
    today = FIRST + timedelta(days=tale.day)
    now = tale.clock.at.astimezone(UTC)
    asked = FunnelAsked(steps=steps, since=FIRST, until=today, now=now, today=today)
    return msgspec.structs.replace(asked, **more)


def _questions(monkeypatch: pytest.MonkeyPatch, warehouse: Warehouse) -> list[str]:
    asked: list[str] = []
    ask = warehouse.ask

    def noted(name: str, params: Params | None = None, frames: Frames | None = None) -> pl.DataFrame:
        asked.append(name)
        return ask(name, params, frames)

    monkeypatch.setattr(warehouse, "ask", noted)
    return asked


def test_marks_are_read_once_for_any_window_span_and_order(
    tale: Tale, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = tale.workspace.warehouse
    asked = _questions(monkeypatch, warehouse)
    first = walk(warehouse, READ, _asked(tale))
    assert first["at_3"].null_count() == 0
    assert asked.count("measure/funnel_marks") == 1
    assert walk(warehouse, READ, _asked(tale)).equals(first)
    assert walk(warehouse, READ, _asked(tale, window_days=1)).height == 3
    assert walk(warehouse, READ, _asked(tale, in_order=False)).height == 3
    assert walk(warehouse, READ, _asked(tale, until=FIRST)).height == 0
    assert asked.count("measure/funnel_marks") == 1


def test_after_a_round_only_theirs_are_read_whom_it_changed(
    tale: Tale, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse, whose = tale.workspace.warehouse, []
    monkeypatch.setattr(funnel_marks, "MOST_CHANGED", 1)
    # Were nobody seen today, the next use would end a silence, which is everybody's.
    tale.by("ada").uses("sign_in").round()
    walk(warehouse, READ, _asked(tale))
    marks = funnel_marks.Marks._marks

    def noted(self: funnel_marks.Marks, units: pl.Series | None = None, **portion: int) -> pl.DataFrame:
        whose.append(units if units is None else units.to_list())
        return marks(self, units, **portion)

    monkeypatch.setattr(funnel_marks.Marks, "_marks", noted)
    tale.by("ben").uses("export").uses("sign_in").round()
    assert walk(warehouse, READ, _asked(tale)).height == 3
    assert whose == [["ben"]]
    # Nothing came since: nobody is read again.
    tale.round()
    walk(warehouse, READ, _asked(tale))
    assert whose == [["ben"]]


@pytest.mark.parametrize("seed", range(2))
def test_kept_marks_brought_up_to_date_are_those_read_anew(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, tale = random.Random(seed), Tale("acme", ANALYSTS, EVERYBODY).on_day(LAST_DAY)
    warehouse = tale.workspace.warehouse
    for who in PEOPLE:
        tale.joins(who, on=chance.randrange(9)).uses("export", 3, on=chance.randrange(9, 20))
    tale.told(*(anything(nr, chance) for nr in range(30))).round()
    monkeypatch.setattr(funnel_marks, "MOST_CHANGED", 0)
    asked = _questions(monkeypatch, warehouse)
    for each in _funnels(tale):
        walk(warehouse, READ, each)
    asked.clear()
    merged = []
    for nr in range(30, 54, 6):
        tale.told(*(anything(nr + more, chance) for more in range(6))).round()
        merged.append([walk(warehouse, READ, each) for each in _funnels(tale)])
        kept = funnel_marks._kept.pop(warehouse)
        for found, each in zip(merged[-1], _funnels(tale), strict=True):
            assert walk(warehouse, READ, each).equals(found)
        funnel_marks._kept[warehouse] = kept
    assert any(found.height for found in merged[-1])
    # A round that derives everything anew may be among them, and reads all of its own; the others asked after few.
    assert asked.count("measure/usage_rows") < asked.count("measure/funnel_marks")


def _funnels(tale: Tale) -> list[FunnelAsked]:
    kept = Step(kind="milestone", journey="everybody", passed=(("first_5", None),))
    granted, shared = Step(kind="provisioned"), Step(kind="feature", feature="share")
    accounts = Crowd(unit=Level.ACCOUNTS)
    return [
        _asked(tale),
        _asked(tale, crowd=accounts),
        _asked(tale, in_order=False, crowd=Crowd(role="analyst")),
        _asked(tale, steps=(granted, Step(kind="any"), kept)),
        _asked(tale, steps=(granted, shared), crowd=accounts),
    ]


def test_marks_are_read_again_after_a_commit_that_does_not_say_whom_it_changed(
    tale: Tale, monkeypatch: pytest.MonkeyPatch
) -> None:
    warehouse = tale.workspace.warehouse
    first = walk(warehouse, READ, _asked(tale))
    asked = _questions(monkeypatch, warehouse)
    with warehouse.writing() as writer:
        set_positions(writer, told=1)
    assert walk(warehouse, READ, _asked(tale)).equals(first)
    assert asked.count("measure/funnel_marks") == 1


def test_what_was_read_before_a_commit_is_not_kept_after_it(tale: Tale) -> None:
    warehouse = tale.workspace.warehouse
    early = funnel_marks.Marks(warehouse, READ, _asked(tale))
    with warehouse.writing() as writer:
        set_positions(writer, told=1)
    late = funnel_marks.Marks(warehouse, READ, _asked(tale, since=FIRST + timedelta(days=1)))
    for marks in (late, early):
        for trails in marks.trails():
            marks.keep(trails)
    again = funnel_marks.Marks(warehouse, READ, _asked(tale))
    assert not again._earlier()


def test_a_large_use_is_read_in_portions_and_not_kept(tale: Tale, monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse = tale.workspace.warehouse
    whole = walk(warehouse, READ, _asked(tale, in_order=False))
    monkeypatch.setattr(funnel_marks, "MOST_AT_ONCE", 2)
    monkeypatch.setattr(funnel_marks, "MOST_KEPT", 1)
    with warehouse.writing() as writer:
        set_positions(writer, told=1)
    asked = _questions(monkeypatch, warehouse)
    assert walk(warehouse, READ, _asked(tale, in_order=False)).equals(whole)
    read = asked.count("measure/funnel_marks")
    assert read > 1
    walk(warehouse, READ, _asked(tale, in_order=False))
    assert asked.count("measure/funnel_marks") == 2 * read


def test_the_least_used_trails_give_way(tale: Tale, monkeypatch: pytest.MonkeyPatch) -> None:
    warehouse = tale.workspace.warehouse
    first, second = _asked(tale), _asked(tale, since=FIRST + timedelta(days=1))
    walk(warehouse, READ, first)
    size = sum(each.nbytes for each in funnel_marks.Marks(warehouse, READ, first).trails())
    monkeypatch.setattr(funnel_marks, "MOST_KEPT", int(size * 1.5))
    asked = _questions(monkeypatch, warehouse)
    for each in (first, second, second, first):
        walk(warehouse, READ, each)
    assert asked.count("measure/funnel_marks") == 2


def test_nobody_enters_where_nothing_was_done(tale: Tale) -> None:
    steps = (Step(kind="feature", feature="share"),)
    assert walk(tale.workspace.warehouse, READ, _asked(tale, steps=steps)).shape == (0, 3)
