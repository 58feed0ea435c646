"""The whole derived state of a workspace, in a form in which two of them can be compared."""

from typing import Any

from waypost.run.workspace import Workspace

#: Every derived table. Signals are facts of the moment and no part of it.
OURS = ("signal", "intervention", "delivery", "definition")
DERIVED = (
    "said", "meetings", "identities", "people", "accounts", "account_eras", "memberships", "contracts", "answers",
    "tickets", "pauses", "settings", "usage_daily", "used_days", "standings", "account_standings", "scores",
    "ledger",
)  # fmt: skip

State = dict[str, list[tuple[Any, ...]]]


def state_of(workspace: Workspace) -> State:
    """Return the rows of every derived table, in order; floats to nine digits."""
    return {table: _rows(workspace, table) for table in DERIVED}


def differences(one: State, other: State) -> dict[str, list[tuple[Any, ...]]]:
    """Return the rows that only one of two states has, by table; empty when they are the same."""
    found = {}
    for table in DERIVED:
        only = [("-", *row) for row in one[table] if row not in other[table]]
        only += [("+", *row) for row in other[table] if row not in one[table]]
        if only or len(one[table]) != len(other[table]):
            found[table] = only[:6] or [("twice",)]
    return found


def _rows(workspace: Workspace, table: str) -> list[tuple[Any, ...]]:
    question = f"select * from {table}"  # noqa: S608 -- one of our own tables
    if table == "said":
        # What is looked up of the facts: in whatever order they arrived.
        question = f"select * exclude (arrival, received_at) from said where kind not in {OURS}"  # noqa: S608 -- as above
    if table == "ledger":
        question += " where abs(points) > 1e-9"
    rows = workspace.warehouse.look(question).rows()
    return sorted((tuple(map(_plain, row)) for row in rows), key=str)


def _plain(value: object) -> object:
    if isinstance(value, float):
        return round(value, 9) + 0.0
    return value
