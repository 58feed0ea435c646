"""Whoever keeps answers is told of whom anything was changed since."""

import pytest

from waypost.store import Scope, Warehouse, set_positions
from waypost.store.changed import MOST_REMEMBERED, Changed

ADA, BEN = (Scope(people=frozenset({who}), accounts=frozenset({"acme"})) for who in ("ada", "ben"))


def test_what_several_commits_changed_is_added_up() -> None:
    changed = Changed()
    for commit, scope in enumerate((ADA, Scope(), BEN), start=1):
        changed.note(commit, scope)
    assert changed.since(0) == ADA | BEN
    assert changed.since(1) == changed.since(2) == BEN
    assert changed.since(3) == Scope()


def test_before_a_commit_that_did_not_say_it_may_be_anybody() -> None:
    changed = Changed()
    changed.note(1, ADA)
    changed.note(2, None)
    changed.note(3, BEN)
    assert changed.since(1) is None
    assert changed.since(2) == BEN


def test_no_more_is_remembered_than_there_is_room_for() -> None:
    changed = Changed()
    many = Scope(people=frozenset(str(nr) for nr in range(MOST_REMEMBERED - 1)))
    changed.note(1, ADA)
    changed.note(2, many)
    assert changed.since(0) is None
    assert changed.since(1) == many
    changed.note(3, many | ADA | BEN)
    assert changed.since(2) is None
    assert changed.since(3) == Scope()


def test_a_transaction_says_whom_it_changes_and_one_that_is_undone_changes_nobody() -> None:
    warehouse = Warehouse(None)
    began = warehouse.commits
    with warehouse.writing() as writer:
        writer.changes(ADA)
        writer.changes(BEN)
    assert warehouse.changed_since(began) == ADA | BEN
    with pytest.raises(ZeroDivisionError), warehouse.writing():
        raise ZeroDivisionError
    with warehouse.imagining() as writer:
        writer.changes(BEN)
    assert warehouse.changed_since(began + 1) == Scope()
    with warehouse.writing() as writer:
        set_positions(writer, told=1)
    assert warehouse.changed_since(began) is None
