"""`waypost migrate`: the tables of the data folder, up to date."""

from typing import Annotated

from cyclopts import Parameter
from msgspec import Struct

from waypost.run.act import Act, Tell
from waypost.run.session import Session
from waypost.run.workspace import Workspace


class UpToDate(Struct, frozen=True, kw_only=True):
    """Asks for tables that are up to date."""


def _migrate(workspace: Workspace, _asked: UpToDate, _tell: Tell) -> str:
    # Whoever has opened the folder has brought its tables up to date by opening it.
    return workspace.operations.version


MIGRATE = Act(name="migrate", asks=UpToDate, answers=str, do=_migrate)


def migrate(*, session: Annotated[Session, Parameter(parse=False)]) -> None:
    """Bring the tables of the data folder up to date."""
    version = session.ask(MIGRATE, UpToDate(), makes=True)
    session.say(f"the tables are up to date, at version {version}")
