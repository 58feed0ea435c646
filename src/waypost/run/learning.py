"""Learning: once a day, what history teaches is worked out anew: odds, how early strays are sensed, what matters."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl
from msgspec import Struct

from waypost.run.calling import call
from waypost.run.mattering import keep_matters, matters_state
from waypost.run.odds import Asks, OddsState, keep_odds, odds_state
from waypost.run.rulebook import Rulebook
from waypost.run.sensing import keep_sensing, sensing_state
from waypost.run.workspace import Workspace
from waypost.store import Writer, set_positions


class Learnt(Struct, frozen=True, kw_only=True):
    """What was worked out: milestones with and without enough history, people underway, and those called at risk."""

    milestones: int
    by_rule: int
    underway: int
    at_risk: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """All that history teaches on the morning of a day, under the rules of a revision; nothing of it is stored yet."""

    odds: OddsState
    sensing: pl.DataFrame
    matters: pl.DataFrame
    today: date
    revision: int


def learn_anew(workspace: Workspace) -> Learnt:
    """Work out everything that history teaches as of this morning, and store it in place of what was stored.

    Rounds go on meanwhile: reading takes no lock, and writing takes a moment.
    """
    return keep_lesson(workspace, lesson(workspace.warehouse, workspace.rules, today=workspace.today))


def lesson(asks: Asks, rules: Rulebook, *, today: date) -> Lesson:
    """Work out everything that history teaches as of the morning of a day."""
    return Lesson(
        odds=odds_state(asks, rules, today=today),
        sensing=sensing_state(asks, rules, today=today),
        matters=matters_state(asks, rules, today=today),
        today=today,
        revision=rules.revision,
    )


def keep_lesson(workspace: Workspace, learnt: Lesson) -> Learnt:
    """Store a lesson, and tell whom its odds call at risk; the next round states them."""

    def write(writer: Writer) -> pl.DataFrame:
        said = call(writer, learnt.odds, now=workspace.now, zone=workspace.zone)
        keep_odds(writer, learnt.odds, said)
        keep_sensing(writer, learnt.sensing)
        keep_matters(writer, learnt.matters)
        set_positions(writer, learnt_on=learnt.today.toordinal(), learnt_rules=learnt.revision)
        return said

    said = workspace.writing(write)
    return Learnt(
        milestones=len(learnt.odds.models),
        by_rule=sum(model.hazard is None for model in learnt.odds.models.values()),
        underway=said.height,
        at_risk=int(said["at_risk"].sum() or 0),
    )


def learns(workspace: Workspace) -> Callable[[], bool]:
    """Return what the learning loop does: it learns anew once a new day, or a change of rules, has been stated."""

    def learn() -> bool:
        if _is_due(workspace):
            learn_anew(workspace)
        return False

    return learn


def _is_due(workspace: Workspace) -> bool:
    come: dict[str, int] = dict(workspace.warehouse.ask("facts/positions").iter_rows())
    stated = (come.get("stated_on"), come.get("rules"))
    if stated != (workspace.today.toordinal(), workspace.rules.revision):
        return False
    return stated != (come.get("learnt_on"), come.get("learnt_rules"))
