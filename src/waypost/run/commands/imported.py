"""`waypost imported`: which files were taken in, and taking a whole import back."""

from datetime import datetime
from typing import Annotated

from cyclopts import Parameter
from msgspec import Struct

from waypost.run.act import Act, Tell
from waypost.run.session import Session
from waypost.run.undoing import undo
from waypost.run.workspace import Workspace
from waypost.store import AT_THE_MACHINE, Imports


class AllImports(Struct, frozen=True, kw_only=True):
    """Asks for the newest there are."""

    most: int = 50


class ImportRow(Struct, frozen=True, kw_only=True):
    """An import, as a line says it."""

    import_id: int
    source: str
    file: str
    format: str
    began_at: datetime
    began_by: str
    state: str
    lines: int
    events: int
    refused: int
    problem: str | None


class Number(Struct, frozen=True, kw_only=True):
    """The number of an import."""

    import_id: int


def _list(workspace: Workspace, asked: AllImports, _tell: Tell) -> list[ImportRow]:
    return [
        ImportRow(
            import_id=each.import_id,
            source=each.source,
            file=each.file,
            format=each.format,
            began_at=each.began_at,
            began_by=each.began_by,
            state=each.state,
            lines=each.lines,
            events=each.events,
            refused=sum(each.refused.values()),
            problem=each.problem,
        )
        for each in Imports(workspace.operations).newest(asked.most)
    ]


def _undo(workspace: Workspace, asked: Number, _tell: Tell) -> int:
    return undo(workspace, asked.import_id, by=AT_THE_MACHINE)


LISTED = Act(name="imported-list", asks=AllImports, answers=list[ImportRow], do=_list)
UNDO = Act(name="imported-undo", asks=Number, answers=int, do=_undo)


def list_imported(
    *,
    most: Annotated[int, Parameter(help="So many, the newest first.")] = 50,
    session: Annotated[Session, Parameter(parse=False)],
) -> None:
    """List the files that were taken in, the newest first."""
    rows = session.ask(LISTED, AllImports(most=most))
    session.table(
        (
            "import",
            "source",
            "file",
            "format",
            "began at",
            "by",
            "state",
            "lines",
            "events",
            "refused",
            "problem",
        ),
        [
            (
                each.import_id,
                each.source,
                each.file,
                each.format,
                each.began_at,
                each.began_by,
                each.state,
                each.lines,
                each.events,
                each.refused,
                each.problem,
            )
            for each in rows
        ],
    )


def undo_import(
    import_id: Annotated[int, Parameter(help="Its number, as `waypost imported list` says it.")],
    /,
    *,
    session: Annotated[Session, Parameter(parse=False)],
) -> None:
    """Take a whole import back: its events hold no longer, and may be imported again."""
    gone = session.ask(UNDO, Number(import_id=import_id))
    session.say(f"import {import_id} is undone: {gone} events hold no longer; the next round leaves them out")
