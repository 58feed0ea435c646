"""Learning: once a day, what history teaches is worked out anew: odds, how early strays are sensed, what matters."""

from collections.abc import Callable

import polars as pl
from msgspec import Struct

from waypost.core import WaypostError
from waypost.run.calling import call
from waypost.run.learner import Learner
from waypost.run.lesson import Lesson
from waypost.run.mattering import keep_matters
from waypost.run.odds import keep_odds
from waypost.run.sensing import keep_sensing
from waypost.run.workspace import Workspace
from waypost.store import Writer, set_positions


class Learnt(Struct, frozen=True, kw_only=True):
    """What was worked out: milestones with and without enough history, people underway, and those called at risk."""

    milestones: int
    by_rule: int
    underway: int
    at_risk: int


def keep_lesson(workspace: Workspace, lesson: Lesson) -> Learnt | None:
    """Store a lesson in place of the one before, and tell whom its odds call at risk; the next round states them.

    A lesson of another day, or of other rules than today's, is dropped: what it says is not of this morning.
    """
    if (lesson.today, lesson.revision) != (workspace.today, workspace.rules.revision):
        return None

    def write(writer: Writer) -> pl.DataFrame:
        said = call(writer, lesson.odds, now=workspace.now, zone=workspace.zone)
        keep_odds(writer, lesson.odds, said)
        keep_sensing(writer, lesson.sensing)
        keep_matters(writer, lesson.matters)
        set_positions(writer, learnt_on=lesson.today.toordinal(), learnt_rules=lesson.revision)
        return said

    said = workspace.writing(write)
    return Learnt(
        milestones=len(lesson.odds.models),
        by_rule=sum(model.hazard is None for model in lesson.odds.models.values()),
        underway=said.height,
        at_risk=int(said["at_risk"].sum() or 0),
    )


def learns(
    workspace: Workspace, lesson: Callable[[], Lesson | None], nudge_round: Callable[[], None]
) -> Callable[[], bool]:
    """Return what the learning loop does: it learns anew once a new day, or a change of rules, has been stated."""

    def learn() -> bool:
        found = lesson() if _is_due(workspace) else None
        if found is not None and keep_lesson(workspace, found) is not None:
            nudge_round()
        return False

    return learn


def learn_now(workspace: Workspace) -> Learnt:
    """Learn anew at once, whatever was learnt before, and state what that says."""
    workspace.round()
    learner = Learner(workspace)
    found = learner.lesson()
    learnt = keep_lesson(workspace, found) if found else None
    if learnt is None:
        raise WaypostError("the day or the rules changed while history was learnt from; do it again")
    workspace.round()
    return learnt


def _is_due(workspace: Workspace) -> bool:
    come: dict[str, int] = dict(workspace.warehouse.ask("facts/positions").iter_rows())
    stated = (come.get("stated_on"), come.get("rules"))
    if stated != (workspace.today.toordinal(), workspace.rules.revision):
        return False
    return stated != (come.get("learnt_on"), come.get("learnt_rules"))
