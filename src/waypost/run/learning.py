"""Learning: once a day, what history teaches is worked out anew: odds, how early strays are sensed, what matters."""

from collections.abc import Callable

from msgspec import Struct

from waypost.run.mattering import keep_matters, matters_state
from waypost.run.odds import keep_odds, odds_state
from waypost.run.sensing import keep_sensing, sensing_state
from waypost.run.workspace import Workspace
from waypost.store import set_positions


class Learnt(Struct, frozen=True, kw_only=True):
    """What was worked out: milestones with and without enough history, people underway, and those at risk."""

    milestones: int
    by_rule: int
    underway: int
    at_risk: int


def learn_anew(workspace: Workspace) -> Learnt:
    """Work out everything that history teaches as of this morning, and store it in place of what was stored.

    Rounds go on meanwhile: reading takes no lock, and writing takes a moment.
    """
    warehouse, rules, today = workspace.warehouse, workspace.rules, workspace.today
    state = odds_state(warehouse, rules, today=today)
    sensed = sensing_state(warehouse, rules, today=today)
    mattering = matters_state(warehouse, rules, today=today)
    with warehouse.writing() as writer:
        keep_odds(writer, state)
        keep_sensing(writer, sensed)
        keep_matters(writer, mattering)
        set_positions(writer, learnt_on=today.toordinal(), learnt_rules=rules.revision)
    by_rule = sum(model.hazard is None for model in state.models.values())
    return Learnt(
        milestones=len(state.models),
        by_rule=by_rule,
        underway=state.odds.height,
        at_risk=int(state.odds["at_risk"].sum() or 0),
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
