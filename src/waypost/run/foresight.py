"""Foresight: what definitions would change if they were in force, worked out and undone again."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from waypost.core import Document
from waypost.run.round import Rhythm, restate
from waypost.run.rulebook import Rulebook
from waypost.run.workspace import Workspace
from waypost.store import Definitions, Operations, Scope, Writer

Key = tuple[str, str]
# Plays and their policy act on what comes, and holidays say what is expected; they change nothing of what is.
CHANGES_NOTHING = ("play", "contact_policy", "holidays")
#: Over so many days, today included, the use of features is compared.
COMPARED_DAYS = 28
MOST_NAMED = 10


def foreseen(workspace: Workspace, documents: list[Document], ended: Collection[Key]) -> list[str]:
    """Return what would change for customers if these documents were in force, one line each.

    The state is worked out under the new rules as the next round would, compared, and undone: exact, and as long as
    that round. For a catalogue it is what the changes touch, for journeys and scorecards a replay.
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
        restate(writer, rules, rhythm, now=workspace.now, zone=workspace.zone)
        after = _looked_at(writer, workspace)
        named = _named(writer, before.bands, after.bands)
    names = {each.key: each.name for each in (*workspace.rules.catalogue.features, *rules.catalogue.features)}
    told = [_bands(before.bands, after.bands), _standings(before.standings, after.standings)]
    return [*told, *named, *_uses(before.uses, after.uses, names)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What is compared: the bands of accounts, the standings of people, and the use of features."""

    bands: pl.DataFrame
    standings: pl.DataFrame
    uses: pl.DataFrame


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


def _looked_at(writer: Writer, workspace: Workspace) -> Look:
    until = workspace.today + timedelta(days=1)
    days = {"since": until - timedelta(days=COMPARED_DAYS), "until": until}
    return Look(
        bands=writer.ask("facts/bands_now", {"today": workspace.today}),
        standings=writer.ask("facts/standings_now"),
        uses=writer.ask("facts/uses_between", days),
    )


def _bands(before: pl.DataFrame, after: pl.DataFrame) -> str:
    moved = _moved(before, after, on=["account_id"], value="band")
    return _counted(moved, one="account", many="accounts", what="band")


def _named(writer: Writer, before: pl.DataFrame, after: pl.DataFrame) -> list[str]:
    """Return the accounts that would change band by name, the first of many."""
    both = before.join(after, on="account_id", how="full", coalesce=True, suffix="_after")
    moved = both.filter(pl.col("band").ne_missing(pl.col("band_after"))).sort("account_id")
    if not moved.height:
        return []
    scope = Scope(accounts=frozenset(moved["account_id"].to_list())).accounts_frame()
    names = dict(writer.ask("facts/account_names", frames={"scope": scope}).iter_rows())
    said = [
        f"{names.get(account, account)} ({_said(old)} → {_said(new)})"
        for account, old, new in moved.head(MOST_NAMED).select("account_id", "band", "band_after").iter_rows()
    ]
    more = moved.height - len(said)
    return [f"the accounts: {', '.join(said)}" + (f", and {more} more" if more else "")]


def _uses(before: pl.DataFrame, after: pl.DataFrame, names: Mapping[str, str]) -> list[str]:
    """Return one line for each feature whose use in the last 28 days would be counted differently."""
    both = before.join(after, on="feature", how="full", coalesce=True, suffix="_after").fill_null(0)
    moved = both.filter((pl.col("n") != pl.col("n_after")) | (pl.col("people") != pl.col("people_after")))
    columns = ("feature", "n", "n_after", "people", "people_after")
    return [
        f"{names.get(feature, feature)}: {n:,} → {n_after:,} uses by {people:,} → {people_after:,} people"
        f" in {COMPARED_DAYS} days"
        for feature, n, n_after, people, people_after in moved.sort("feature").select(columns).iter_rows()
    ]


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
