"""`waypost round` and `waypost replay`."""

from typing import Annotated

from cyclopts import Parameter
from msgspec import Struct

from waypost.run.act import Act, Progress, Tell
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


ROUND = Act(name="round", asks=Now, answers=RoundReport, do=_round)
REPLAY = Act(name="replay", asks=Now, answers=RoundReport, do=_replay)


def run_round(*, session: Annotated[Session, Parameter(parse=False)]) -> None:
    """Do one round now: take in what waits, judge, and decide."""
    session.say(_told(session.ask(ROUND, Now())))


def replay(*, session: Annotated[Session, Parameter(parse=False)]) -> None:
    """Drop everything that is derived and rebuild it from the events; it comes out the same."""
    session.say(_told(session.ask(REPLAY, Now())))


def _told(report: RoundReport) -> str:
    return (
        f"{report.taken} events taken in, {report.appended} of them new; "
        f"{report.people} people and {report.accounts} accounts judged; {report.signals} signals raised"
    )
