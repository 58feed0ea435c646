"""Queries that say what holds: whole or not at all, once, and never a loss that nobody meant."""

from typing import Any

import msgspec
import pytest

from tests.collect.held import CONTRACTS, COUNTS, MEMBERS, NOON, SETTINGS, TICKETS, HeldPlace
from waypost.collect import preview_query_source
from waypost.core import Event, ImportRefusedError, StoreError
from waypost.store import QuerySnapshots, SeenRow, forget_person, intake_of


class Crash(Exception):  # noqa: N818 -- nothing that anybody catches
    pass


@pytest.mark.parametrize(
    ("mapping", "columns", "row", "says"),
    [
        (MEMBERS, "who, org, since", (None, "acme", None), "row 2 of the query: who is empty"),
        (MEMBERS, "who, org, since", ("ben", "acme", "soon"), "since is 'soon'"),
        (
            MEMBERS,
            "who, org, since, champion",
            ("ben", "acme", None, "maybe"),
            r"row 2 of the query: .*champion",
        ),
        (MEMBERS, "who, org, since", ("ada", "acme", None), "two rows of acme, ada"),
        (MEMBERS, "who, org", ("ben", "acme"), "the query gives no column since; it gives who, org"),
        (SETTINGS, "org, sso", (None, "on"), "row 2 of the query: org is empty"),
        (SETTINGS, "org, sso", ("beta", "x" * 40_000), "over 32 KB"),
        (
            SETTINGS | {"actor_column": "sso"},
            "org, sso",
            ("beta", "robot"),
            "sso is 'robot'; it must be one of human",
        ),
        (CONTRACTS, "id, org, starts_on, value", (2, "acme", None, -5), r"value"),
        (
            {"becomes": "seats", "account": "org", "quantity": "n"},
            "org, n",
            ("beta", "many"),
            "n is 'many', no number",
        ),
        (COUNTS, "day, who, org, n", (None, "ada", "acme", 1), "day is empty; a count is of a day"),
        (COUNTS, "day, who, org, n", ("2026-06-01", None, None, 1), "neither a person nor an account"),
        (TICKETS, "id, org, at, done_at, priority", (2, "acme", None, None, "P1"), "priority"),
        ({"becomes": "people", "person": "id"}, "id, name", ("x" * 501, "Ada"), "longer than 500"),
    ],
)
def test_one_bad_row_stops_all_and_nothing_is_kept(
    held: HeldPlace, mapping: dict[str, Any], columns: str, row: tuple[object, ...], says: str
) -> None:
    held.means(mapping)
    good = {"day": "2026-06-01", "who": "ada", "org": "acme", "id": 1, "sso": "system", "n": 3}
    held.table(columns, tuple(good.get(column.strip()) for column in columns.split(",")), row)
    with pytest.raises(ImportRefusedError, match=says):
        held.ask()
    assert held.came() == []
    assert held.sources.snapshots.count("db") == 0
    assert "nothing was kept" in (held.sources.get("db").problem or "") or "no column" in says


@pytest.mark.parametrize(
    ("document", "says"),
    [
        ({"becomes": "humans"}, "becomes is one of events, counts, .*, not 'humans'"),
        ({"becomes": "memberships", "person": "who"}, "the mapping of memberships needs account"),
        (MEMBERS | {"cursor": "id"}, "there is no cursor here"),
        (MEMBERS | {"event": "x"}, "the mapping of memberships does not say event; take it out"),
        (COUNTS | {"event": None}, "either event"),
        (COUNTS | {"quantity": None}, "the mapping of counts needs quantity"),
        ({"becomes": "traits", "person": "a", "account": "b"}, "whose traits"),
        ({"becomes": "traits"}, "needs person or account"),
        (MEMBERS | {"most_lost": 2}, r"most_lost"),
        (MEMBERS | {"zone": "Mars/Base"}, "no time zone 'Mars/Base'"),
    ],
)
def test_a_mapping_is_checked(held: HeldPlace, document: dict[str, Any], says: str) -> None:
    held.means(document)
    with pytest.raises(ImportRefusedError, match=says):
        held.ask()


def test_a_snapshot_that_is_suddenly_empty_makes_nobody_leave(held: HeldPlace) -> None:
    held.means(MEMBERS)
    held.asked("who, org, since", ("ada", "acme", None))
    with pytest.raises(
        ImportRefusedError, match=r"gives no row any more and gave 1 before; nothing was kept.*--accept"
    ):
        held.asked("who, org, since")
    assert held.came() == []
    assert [name for name, *_ in held.asked("who, org, since", accept_loss=True)] == ["left"]


def test_a_snapshot_that_loses_more_than_its_share_stops(held: HeldPlace) -> None:
    held.means(MEMBERS, most_lost=0.25)
    people = [(f"p{n:02}", "acme", None) for n in range(60)]
    held.asked("who, org, since", *people)
    with pytest.raises(
        ImportRefusedError, match=r"16 of 60 rows are gone, more than most_lost allows \(0\.25\)"
    ):
        held.asked("who, org, since", *people[16:])
    assert len(held.asked("who, org, since", *people[15:])) == 15


@pytest.mark.parametrize("where", ["put", "move"])
def test_a_crash_in_between_neither_loses_nor_doubles(
    held: HeldPlace, where: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    held.means(MEMBERS)
    people = [(f"p{n:04}", "acme", None) for n in range(1_500)]
    held.table("who, org, since", *people)
    calls = 0

    def crash(*_: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise Crash
        real(*_)

    with monkeypatch.context() as patched:
        on: Any = held.inbox if where == "put" else held.sources.snapshots
        real = getattr(on, where)
        patched.setattr(on, where, crash)
        with pytest.raises(Crash):
            held.ask()
    came = held.came()
    assert len(came) == 1_000
    # What had been found before the crash is told, although the row is another by now.
    held.table("who, org, since", *people[1:], ("zoe", "acme", None))
    held.ask()
    came += held.came()
    joined = [event.person_id for event in came if event.name == "joined"]
    left = [event.person_id for event in came if event.name == "left"]
    assert len(joined) == len({event.event_id for event in came}) - len(left)
    assert set(joined) - set(left) == {f"p{n:04}" for n in range(1, 1_500)} | {"zoe"}
    assert held.ask().events == 0


def test_what_was_put_but_not_noted_is_put_again_with_the_same_ids(
    held: HeldPlace, monkeypatch: pytest.MonkeyPatch
) -> None:
    held.means(MEMBERS)
    held.table("who, org, since", ("ada", "acme", None))

    def crash(*_: object) -> None:
        raise Crash

    with monkeypatch.context() as patched:
        patched.setattr(held.sources.snapshots, "put", crash)
        with pytest.raises(Crash):
            held.ask()
    held.ask()
    ids = [event.event_id for event in held.came()]
    assert len(ids) == 2
    assert len(set(ids)) == 1


def test_two_askings_at_once_do_not_cross(held: HeldPlace) -> None:
    snapshots, nothing = QuerySnapshots(held.operations), intake_of("db", [], NOON)
    row = SeenRow(key="k", version=1, digest="a", happened_at=NOON)
    snapshots.move("db", [row], nothing)
    later = msgspec.structs.replace(row, version=2, digest="b")
    snapshots.move("db", [later], nothing)
    for again in (row, later):
        with pytest.raises(StoreError, match="asked twice at the same time"):
            snapshots.move("db", [again], nothing)
    assert snapshots.seen("db", ["k"])["k"].digest == "b"


def test_a_source_that_becomes_something_else_starts_anew_and_nobody_leaves(held: HeldPlace) -> None:
    held.means(MEMBERS)
    held.asked("who, org, since", ("ada", "acme", None))
    held.means({"becomes": "people", "person": "who"})
    assert [told[0] for told in held.asked("who, org, since", ("ada", "acme", None))] == ["identify"]
    held.means(MEMBERS)
    # The ids of its new words are new ones, or they would be taken for those of the first time.
    held.ask()
    assert [event.name for event in held.came()] == ["joined"]
    held.sources.remove("db")
    assert held.sources.snapshots.count("db") == 0


def test_an_answer_over_the_limits_is_refused_whole(held: HeldPlace) -> None:
    held.table("who, org, since", *((f"p{n}", "acme", None) for n in range(5)))
    for limits in ({"rows": 4}, {"bytes": 500}):
        held.means(MEMBERS, limits=limits)
        with pytest.raises(ImportRefusedError, match="only the whole can be compared"):
            held.ask()
    assert held.came() == []


def test_a_preview_shows_what_rows_would_become_and_what_would_stop_the_asking(held: HeldPlace) -> None:
    held.table("who, org, since, role", ("ada", "acme", None, "lead"), (None, "acme", None, "x"))
    url = f"sqlite:///{held.file}"
    first, second = preview_query_source(url, "select * from rows", MEMBERS, now=NOON)
    assert isinstance(first, Event)
    assert (first.name, first.person_id) == ("joined", "ada")
    assert second == ("missing_field", "who is empty, and is part of the key")
    assert held.came() == []


def test_whoever_is_erased_is_in_no_snapshot(held: HeldPlace) -> None:
    held.means(MEMBERS)
    held.asked("who, org, since", ("ada", "acme", None), ("ben", "acme", None))
    forget_person(held.operations, ["ada"], [])
    assert held.sources.snapshots.count("db") == 1
