"""`waypost source follow`: files that a running Waypost follows, from every start on."""

from typing import Annotated

from cyclopts import Parameter
from msgspec import Struct

from waypost.run.act import Act, Tell
from waypost.run.commands.tail import Lines, Typed, asked_of
from waypost.run.following import Files, behind_bytes
from waypost.run.session import Session
from waypost.run.source_pages import follow_files
from waypost.run.workspace import Workspace
from waypost.store import AT_THE_MACHINE, Followed, SourceChanges

KB = 1_024


class OfSource(Struct, frozen=True, kw_only=True):
    """The name of a source."""

    source: str


class All(Struct, frozen=True, kw_only=True):
    """Asks for all there are."""


class Row(Struct, frozen=True, kw_only=True):
    """What is followed for a source, how many bytes are still to be read, and what stands in the way."""

    source: str
    patterns: list[str]
    format: str
    behind_bytes: int
    problem: str | None


def _follow(workspace: Workspace, asked: Files, _tell: Tell) -> str:
    return follow_files(workspace, asked, by=AT_THE_MACHINE)


def _list(workspace: Workspace, _asked: All, _tell: Tell) -> list[Row]:
    return [
        Row(
            source=each.source,
            patterns=each.patterns,
            format=each.format,
            behind_bytes=behind_bytes(workspace.inbox, each),
            problem=each.problem,
        )
        for each in Followed(workspace.operations).all()
    ]


def _unfollow(workspace: Workspace, asked: OfSource, _tell: Tell) -> None:
    Followed(workspace.operations).remove(asked.source)
    SourceChanges(workspace.operations).note(
        asked.source, "had its files followed no more", by=AT_THE_MACHINE, now=workspace.now
    )


FOLLOW = Act(name="source-follow", asks=Files, answers=str, do=_follow)
LISTED = Act(name="source-followed", asks=All, answers=list[Row], do=_list)
UNFOLLOW = Act(name="source-unfollow", asks=OfSource, answers=type(None), do=_unfollow)


def follow(
    files: Typed,
    /,
    *,
    lines: Annotated[Lines, Parameter(name="*")],
    session: Annotated[Session, Parameter(parse=False)],
) -> None:
    """Check the first lines of files and, when they fit, have them followed."""
    file_format = session.ask(FOLLOW, asked_of(files, lines), makes=True)
    session.say(f"{lines.source}: {', '.join(files)} followed as {file_format} while Waypost runs")


def list_followed(*, session: Annotated[Session, Parameter(parse=False)]) -> None:
    """List the files that are followed."""
    rows = session.ask(LISTED, All())
    session.table(
        ("source", "files", "format", "behind", "problem"),
        [
            (row.source, " ".join(row.patterns), row.format, f"{-(-row.behind_bytes // KB)} KB", row.problem)
            for row in rows
        ],
    )


def unfollow(
    source: Annotated[str, Parameter(help="The source.")],
    /,
    *,
    session: Annotated[Session, Parameter(parse=False)],
) -> None:
    """Follow the files of a source no more."""
    session.ask(UNFOLLOW, OfSource(source=source))
    session.say(f"the files of {source} are followed no more; what came of them stays")
