"""`waypost doctor`: what is wrong, and what to do."""

from typing import Annotated

from cyclopts import Parameter
from msgspec import Struct

from waypost.run.act import Act, Progress, Tell
from waypost.run.doctor import Finding, Level, examine
from waypost.run.session import Session
from waypost.run.workspace import Workspace


class Everything(Struct, frozen=True, kw_only=True):
    """Asks for a look at all of it."""


def _examine(workspace: Workspace, _asked: Everything, tell: Tell) -> list[Finding]:
    return examine(workspace, tell=lambda about: tell(Progress(what=f"looking at {about}")))


EXAMINE = Act(name="doctor", asks=Everything, answers=list[Finding], do=_examine)
MARKS = {Level.FINE: "fine ", Level.LOOK: "look ", Level.WRONG: "wrong"}


def doctor(*, session: Annotated[Session, Parameter(parse=False)]) -> int:
    """Look at this Waypost and say what is wrong and what to do."""
    found = session.ask(EXAMINE, Everything())
    for finding in found:
        session.say(f"{MARKS[finding.level]}  {finding.about}: {finding.says}")
        if finding.do:
            session.say(f"       {finding.do}")
    return 1 if any(finding.level is Level.WRONG for finding in found) else 0
