"""`waypost apply` and `waypost export`: definitions as files."""

from pathlib import Path
from typing import Annotated

from cyclopts import Parameter
from msgspec import Struct

from waypost.core import Document, StoreError
from waypost.run.act import Act, Progress, Tell
from waypost.run.documents import check_together, differences, file_name, read_folder, write_folder
from waypost.run.foresight import foreseen
from waypost.run.session import Session
from waypost.run.workspace import Workspace


class Documents(Struct, frozen=True, kw_only=True):
    """Documents to put in force, and whether those not among them should end."""

    documents: list[Document]
    withdraw_others: bool = False


class Change(Struct, frozen=True, kw_only=True):
    """What happens to one definition; `lines` say what differs in it."""

    kind: str
    key: str
    file: str
    how: str
    lines: list[str]


class Plan(Struct, frozen=True, kw_only=True):
    """What would happen: to the definitions, and to customers."""

    changes: list[Change]
    effects: list[str]


class Everything(Struct, frozen=True, kw_only=True):
    """Asks for every definition in force."""


def _plan(workspace: Workspace, asked: Documents, tell: Tell) -> Plan:
    changes = _changes(workspace, asked)
    tell(Progress(what="working out what would change"))
    changed = {(each.kind, each.key) for each in changes if each.how != "ends"}
    ended = {(each.kind, each.key) for each in changes if each.how == "ends"}
    documents = [each for each in asked.documents if (each["kind"], each["key"]) in changed]
    return Plan(changes=changes, effects=foreseen(workspace, documents, ended) if changes else [])


def _apply(workspace: Workspace, asked: Documents, _tell: Tell) -> int:
    changes = _changes(workspace, asked)
    for change in changes:
        if change.how == "ends":
            workspace.definitions.withdraw(change.kind, change.key, now=workspace.now, today=workspace.today)
    workspace.publish(asked.documents)
    return len(changes)


def _export(workspace: Workspace, _asked: Everything, _tell: Tell) -> list[Document]:
    return [each.document for each in workspace.definitions.newest()]


PLAN = Act(name="plan", asks=Documents, answers=Plan, do=_plan)
APPLY = Act(name="apply", asks=Documents, answers=int, do=_apply)
EXPORT = Act(name="export", asks=Everything, answers=list[Document], do=_export)


def apply(
    folder: Annotated[Path, Parameter(help="The folder of definitions, as waypost export writes it.")],
    /,
    *,
    yes: Annotated[bool, Parameter(help="Do not ask before changing anything.")] = False,
    withdraw_others: Annotated[
        bool, Parameter(help="End the definitions that are not in the folder.")
    ] = False,
    session: Annotated[Session, Parameter(parse=False)],
) -> None:
    """Show what a folder of definitions would change, and put it in force."""
    if not folder.is_dir():
        raise StoreError(f"there is no folder {folder}")
    asked = Documents(documents=read_folder(folder), withdraw_others=withdraw_others)
    plan = session.ask(PLAN, asked, makes=True)
    if not plan.changes:
        session.say("nothing would change")
        return
    for change in plan.changes:
        session.say(f"{change.file} {change.how}")
        for line in change.lines:
            session.say(f"    {line}")
    for effect in plan.effects:
        session.say(effect)
    session.confirm("Put this in force?", yes=yes)
    session.say(f"{session.ask(APPLY, asked, makes=True)} definitions changed")


def export(
    folder: Annotated[Path, Parameter(help="The folder to write; files of the same names are replaced.")],
    /,
    *,
    session: Annotated[Session, Parameter(parse=False)],
) -> None:
    """Write every definition in force into a folder of YAML files."""
    documents = session.ask(EXPORT, Everything())
    written = write_folder(folder, documents)
    session.say(f"{len(written)} definitions are in {folder}")


def _changes(workspace: Workspace, asked: Documents) -> list[Change]:
    now = {(each.kind, each.key): each.document for each in workspace.definitions.newest()}
    then = {(each["kind"], each["key"]): each for each in asked.documents}
    if not asked.withdraw_others:
        # What stays in force must still find what it names.
        check_together({file_name(each): each for each in (now | then).values()})
    ended = [key for key in now if key not in then] if asked.withdraw_others else []
    changed = [key for key, document in then.items() if now.get(key) != document]
    return [
        Change(
            kind=key[0],
            key=key[1],
            file=file_name(then.get(key) or now[key]),
            how="ends" if key not in then else "changes" if key in now else "is new",
            lines=differences(now.get(key), then.get(key)),
        )
        for key in [*changed, *ended]
    ]
