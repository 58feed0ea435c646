"""`waypost round`, `waypost replay` and `waypost learn`."""

from typing import Annotated

from cyclopts import Parameter
from msgspec import Struct

from waypost.run.act import Act, Progress, Tell
from waypost.run.learning import Learnt, learn_now
from waypost.run.round import RoundReport
from waypost.run.session import Session
from waypost.run.workspace import Workspace


class Now(Struct, frozen=True, kw_only=True):
    """Asks for it to be done now."""


def _round(workspace: Workspace, _asked: Now, tell: Tell) -> RoundReport:
    tell(Progress(what="taking in what waits in the inbox"))
    return workspace.round()


def _replay(workspace: Workspace, _asked: Now, tell: Tell) -> RoundReport:
    tell(Progress(what="rebuilding everything that is derived"))
    return workspace.replay()


def _learn(workspace: Workspace, _asked: Now, tell: Tell) -> Learnt:
    tell(Progress(what="learning from history"))
    return learn_now(workspace)


ROUND = Act(name="round", asks=Now, answers=RoundReport, do=_round)
REPLAY = Act(name="replay", asks=Now, answers=RoundReport, do=_replay)
LEARN = Act(name="learn", asks=Now, answers=Learnt, do=_learn)


def run_round(*, session: Annotated[Session, Parameter(parse=False)]) -> None:
    """Do one round now: take in what waits, judge, and decide."""
    session.say(_told(session.ask(ROUND, Now())))


def replay(*, session: Annotated[Session, Parameter(parse=False)]) -> None:
    """Drop everything that is derived and rebuild it from the events; it comes out the same."""
    session.say(_told(session.ask(REPLAY, Now())))


def learn(*, session: Annotated[Session, Parameter(parse=False)]) -> None:
    """Work out anew what history teaches: odds, how early strays are sensed, and what goes with staying."""
    learnt = session.ask(LEARN, Now())
    session.say(
        f"{learnt.underway} people underway, {learnt.at_risk} of them at risk; {learnt.milestones} milestones, "
        f"{learnt.by_rule} of them by the rule of thumb for want of history"
    )


def _told(report: RoundReport) -> str:
    return (
        f"{report.taken} events taken in, {report.appended} of them new; "
        f"{report.people} people and {report.accounts} accounts judged; {report.signals} signals raised"
    )
