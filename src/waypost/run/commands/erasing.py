"""`waypost erase`: a person's right to be forgotten."""

from typing import Annotated

from cyclopts import Parameter
from msgspec import Struct

from waypost.run.act import Act, Progress, Tell
from waypost.run.erasing import erase_person
from waypost.run.session import Session
from waypost.run.workspace import Workspace


class Erased(Struct, frozen=True, kw_only=True):
    """The person who is to be erased."""

    person_id: str


def _erase(workspace: Workspace, asked: Erased, tell: Tell) -> int:
    tell(Progress(what="erasing, and deriving everything anew"))
    return erase_person(workspace, asked.person_id)


ERASE = Act(name="erase", asks=Erased, answers=int, do=_erase)


def erase(
    person_id: Annotated[str, Parameter(help="The person's id, as their page shows it.")],
    /,
    *,
    yes: Annotated[bool, Parameter(help="Do not ask.")] = False,
    session: Annotated[Session, Parameter(parse=False)],
) -> None:
    """Take a person out of every table; this cannot be undone."""
    session.confirm(f"Erase {person_id} and every event of theirs, for ever?", yes=yes)
    session.say(f"{session.ask(ERASE, Erased(person_id=person_id))} events erased")
