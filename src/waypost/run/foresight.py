"""Foresight: what definitions would change if they were in force, worked out and undone again."""

from collections.abc import Collection
from datetime import timedelta

import polars as pl

from waypost.core import Document
from waypost.run.round import Rhythm, restate
from waypost.run.rulebook import Rulebook
from waypost.run.workspace import Workspace
from waypost.store import Definitions, Operations, Writer

Key = tuple[str, str]
# Plays and their policy act on what comes; they change nothing of what is.
CHANGES_NOTHING = ("play", "contact_policy")


def foreseen(workspace: Workspace, documents: list[Document], ended: Collection[Key]) -> list[str]:
    """Return what would change for customers if these documents were in force, one line each.

    The whole state is worked out under the new rules, compared, and undone: exact, and as long as a replay.
    """
    if all(
        kind in CHANGES_NOTHING for kind in [*(each["kind"] for each in documents), *(k for k, _ in ended)]
    ):
        return []
    rules = _rules_after(workspace, documents, ended)
    rounds = workspace.settings.rounds
    rhythm = Rhythm(restate_days=rounds.restate_days, signal_lookback_days=rounds.signal_lookback_days)
    with workspace.warehouse.imagining() as writer:
        before = _looked_at(writer, workspace)
        restate(writer, rules, rhythm, now=workspace.now, zone=workspace.zone, whole=True)
        after = _looked_at(writer, workspace)
    return [_bands(before[0], after[0]), _standings(before[1], after[1])]


def _rules_after(workspace: Workspace, documents: list[Document], ended: Collection[Key]) -> Rulebook:
    """Return the rules as they would be, published into tables that nobody else sees."""
    operations = Operations(None)
    try:
        imagined = Definitions(operations)
        for version in sorted(workspace.definitions.all(), key=lambda each: each.published_at):
            now, today = version.published_at, version.published_on
            if version.withdrawn:
                imagined.withdraw(version.kind, version.key, now=now, today=today)
            else:
                imagined.publish([version.document], now=now, today=today)
        for kind, key in ended:
            imagined.withdraw(kind, key, now=workspace.now, today=workspace.today)
        imagined.publish(documents, now=workspace.now + timedelta(microseconds=1), today=workspace.today)
        return Rulebook.of(imagined)
    finally:
        operations.close()


def _looked_at(writer: Writer, workspace: Workspace) -> tuple[pl.DataFrame, pl.DataFrame]:
    return writer.ask("facts/bands_now", {"today": workspace.today}), writer.ask("facts/standings_now")


def _bands(before: pl.DataFrame, after: pl.DataFrame) -> str:
    moved = _moved(before, after, on=["account_id"], value="band")
    return _counted(moved, one="account", many="accounts", what="band")


def _standings(before: pl.DataFrame, after: pl.DataFrame) -> str:
    moved = _moved(before, after, on=["account_id", "person_id"], value="standing")
    return _counted(moved, one="person", many="people", what="standing")


def _moved(before: pl.DataFrame, after: pl.DataFrame, *, on: list[str], value: str) -> pl.DataFrame:
    both = before.join(after, on=on, how="full", coalesce=True, suffix="_after")
    changed = both.filter(pl.col(value).ne_missing(pl.col(f"{value}_after")))
    return (
        changed.group_by(value, f"{value}_after").len().sort("len", value, f"{value}_after", descending=True)
    )


def _counted(moved: pl.DataFrame, *, one: str, many: str, what: str) -> str:
    n = sum(moved["len"])
    if not n:
        return f"no {one} would change {what}"
    parts = ", ".join(f"{count} {_said(old)} → {_said(new)}" for old, new, count in moved.rows())
    return f"{n} {one if n == 1 else many} would change {what}: {parts}"


def _said(value: str | None) -> str:
    return value.replace("_", " ") if value else "nothing"
