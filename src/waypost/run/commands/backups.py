"""`waypost backup` and `waypost restore`."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from msgspec import Struct

from waypost.core import StoreError
from waypost.run.act import Act, Tell
from waypost.run.backup import back_up
from waypost.run.backup import restore as restored
from waypost.run.folder import ready_folder
from waypost.run.holding import holding
from waypost.run.session import Session
from waypost.run.workspace import Workspace


class Target(Struct, frozen=True, kw_only=True):
    """Where to write, counted from the root, as the running Waypost may stand elsewhere."""

    file: str


def _back_up(workspace: Workspace, asked: Target, tell: Tell) -> int:
    if workspace.folder is None:
        raise StoreError("this workspace is in memory; there is nothing to copy")
    return back_up(workspace.folder, Path(asked.file), workspace.warehouse, now=workspace.now, tell=tell)


BACKUP = Act(name="backup", asks=Target, answers=int, do=_back_up)


def backup(
    file: Annotated[Path, Parameter(help="The file to write; it must not exist.")],
    /,
    *,
    session: Annotated[Session, Parameter(parse=False)],
) -> None:
    """Write everything into one file, while Waypost goes on accepting events."""
    size = session.ask(BACKUP, Target(file=str(file.absolute())))
    session.say(f"{file} holds everything, {size / 1_000_000:.1f} MB")


def restore(
    file: Annotated[Path, Parameter(help="A file that waypost backup wrote.")],
    /,
    *,
    session: Annotated[Session, Parameter(parse=False)],
) -> None:
    """Make a data folder of a backup; the folder must not hold a Waypost yet."""
    folder = ready_folder(session.settings.data, makes=True)
    with holding(folder, "serve"), holding(folder, "workspace"), session.bar("restore") as tell:
        label = restored(file, folder, tell=tell)
    session.say(f"{folder} is as it was at {label.made_at:%Y-%m-%d %H:%M} UTC; start it with waypost serve")
