"""Results: for each play, what was reached against those held out, fetched from the events themselves."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from waypost.intervene.play import Play, Signal
from waypost.learn import Effect, Telling, effect, sentence
from waypost.store import Warehouse

_SUBJECTS = {Signal.STRAYED: "strays"}
_REACHED = {
    Signal.RETURNED: "came back",
    Signal.SUSTAINED: "stayed on the path",
    Signal.MILESTONE_REACHED: "reached a milestone",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PlayResult:
    """What a play has achieved so far; `sentence` says it in plain words."""

    play: str
    name: str
    effect: Effect
    sentence: str


def results(warehouse: Warehouse, plays: Sequence[Play], *, today: date) -> list[PlayResult]:
    """Return the result of each play, in their order.

    Counts decisions and outcomes wherever they came from: history that another tool has written as events too.
    """
    return [_result(warehouse, play, today) for play in plays]


def _result(warehouse: Warehouse, play: Play, today: date) -> PlayResult:
    params = {
        "play": play.key,
        "feature": play.goal.feature,
        "signal": play.goal.signal,
        "journey": play.when.journey,
        "within_days": play.goal.within_days,
        "today": today,
        "planned_share": play.holdout_share,
    }
    subjects = warehouse.ask("learn/outcomes", params)
    found = effect(subjects, today=today)
    return PlayResult(play=play.key, name=play.name, effect=found, sentence=sentence(found, telling(play)))


def telling(play: Play) -> Telling:
    """Return the words in which a play's result is told."""
    written = all(arm.personal for arm in play.arms)
    of_people = "people" if play.when.signal.of_person else "accounts"
    goal = play.goal.signal
    return Telling(
        subjects=_SUBJECTS.get(play.when.signal, of_people),
        treated="written to" if written else "contacted",
        reached=_REACHED.get(goal, "reached the goal") if goal else "used the feature",
        within_days=play.goal.within_days,
    )
