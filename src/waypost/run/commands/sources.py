"""`waypost source`: databases that are asked again and again for what is new."""

import sys
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import yaml
from cyclopts import Parameter
from msgspec import Struct
from msgspec.structs import astuple

from waypost.collect import (
    Question,
    add_query_source,
    preview_query_source,
    remove_query_source,
    run_query_source,
)
from waypost.core import Event, ImportRefusedError
from waypost.run.act import Act, Progress, Tell
from waypost.run.querying import query_sources
from waypost.run.session import Session
from waypost.run.workspace import Workspace
from waypost.store import AT_THE_MACHINE, Schedule, Wanted


class NewSource(Struct, frozen=True, kw_only=True):
    """A database, the question to it, and what the columns of the answer mean."""

    name: str
    url: str
    query: str
    mapping: dict[str, Any]
    every_s: int
    cron: str | None = None


class Becomes(Struct, frozen=True, kw_only=True):
    """What a row would become, or why it would be refused."""

    happened_at: datetime | None = None
    kind: str = ""
    name: str = ""
    person: str | None = None
    account: str | None = None
    actor: str = ""
    quantity: float | None = None
    properties: str = ""
    refused: str | None = None


class SourceName(Struct, frozen=True, kw_only=True):
    """The name of a source."""

    name: str


class AskedNow(Struct, frozen=True, kw_only=True):
    """A source to be asked at once; `accept_loss` lets any number of its rows be gone."""

    name: str
    accept_loss: bool = False


class AllSources(Struct, frozen=True, kw_only=True):
    """Asks for all there are."""


class SourceRow(Struct, frozen=True, kw_only=True):
    """A source as it may be shown: without its address, which may hold a password."""

    name: str
    when: str
    asked_at: datetime | None
    problem: str | None


class Asked(Struct, frozen=True, kw_only=True):
    """What one asking brought."""

    rows: int
    events: int
    refused: dict[str, int]


def _add(workspace: Workspace, asked: NewSource, _tell: Tell) -> int:
    return add_query_source(
        asked.name,
        Question(url=asked.url, query=asked.query, mapping=asked.mapping),
        schedule=Schedule(every_s=asked.every_s, cron=asked.cron),
        sources=query_sources(workspace),
        now=workspace.now,
        by=AT_THE_MACHINE,
    )


def _preview(workspace: Workspace, asked: Question, _tell: Tell) -> list[Becomes]:
    rows = preview_query_source(asked.url, asked.query, asked.mapping, now=workspace.now)
    return [_becomes(row) for row in rows]


def _becomes(row: Event | tuple[str, str]) -> Becomes:
    if not isinstance(row, Event):
        return Becomes(refused=f"{row[0]}: {row[1]}")
    return Becomes(
        happened_at=row.happened_at,
        kind=row.kind,
        name=row.name,
        person=row.person_id,
        account=row.account_id,
        actor=row.actor,
        quantity=row.quantity,
        properties=bytes(row.properties).decode(),
    )


def _run(workspace: Workspace, asked: AskedNow, tell: Tell) -> Asked:
    report = run_query_source(
        asked.name,
        sources=query_sources(workspace),
        inbox=workspace.inbox,
        now=workspace.now,
        progress=lambda rows: tell(Progress(what=f"rows of {asked.name}", done=rows)),
        wanted=Wanted(by=AT_THE_MACHINE, accept_loss=asked.accept_loss),
    )
    return Asked(rows=report.lines, events=report.events, refused=dict(report.refused))


def _list(workspace: Workspace, _asked: AllSources, _tell: Tell) -> list[SourceRow]:
    return [
        SourceRow(name=each.name, when=each.schedule.says, asked_at=each.asked_at, problem=each.problem)
        for each in query_sources(workspace).all()
    ]


def _remove(workspace: Workspace, asked: SourceName, _tell: Tell) -> None:
    remove_query_source(asked.name, sources=query_sources(workspace), by=AT_THE_MACHINE, now=workspace.now)


ADD = Act(name="source-add", asks=NewSource, answers=int, do=_add)
PREVIEW = Act(name="source-preview", asks=Question, answers=list[Becomes], do=_preview)
RUN = Act(name="source-run", asks=AskedNow, answers=Asked, do=_run)
LISTED = Act(name="source-list", asks=AllSources, answers=list[SourceRow], do=_list)
REMOVE = Act(name="source-remove", asks=SourceName, answers=type(None), do=_remove)


Url = Annotated[
    str,
    Parameter(
        help="The database, as SQLAlchemy writes it; - reads it from standard input.",
        allow_leading_hyphen=True,
    ),
]
Query = Annotated[Path, Parameter(help="A file with one SELECT.")]
Mapping = Annotated[Path, Parameter(help="A YAML file that says what the columns mean.")]


def preview(
    *,
    url: Url,
    query: Query,
    mapping: Mapping,
    session: Annotated[Session, Parameter(parse=False)],
) -> None:
    """Show what the first 20 rows would become; nothing is kept."""
    question = _question(url, query, mapping)
    rows = session.ask(PREVIEW, question, makes=True)
    session.table(Becomes.__struct_fields__, [astuple(row) for row in rows])


def add(
    name: Annotated[str, Parameter(help="What the source is called on pages, such as product-db.")],
    /,
    *,
    url: Url,
    query: Query,
    mapping: Mapping,
    every_minutes: Annotated[
        str,
        Parameter(
            name=("--every-minutes", "--when"),
            help="How often a running Waypost asks, or when: a cron expression, in the workspace's zone.",
        ),
    ] = "15",
    session: Annotated[Session, Parameter(parse=False)],
) -> None:
    """Ask a database for its first rows and, when they fit, keep it as a source."""
    read = _question(url, query, mapping)
    when = Schedule.of(every_minutes)
    asked = NewSource(
        name=name,
        url=read.url,
        query=read.query,
        mapping=read.mapping,
        every_s=when.every_s,
        cron=when.cron,
    )
    rows = session.ask(ADD, asked, makes=True)
    session.say(f"{name} answers (its first {rows} rows fit); it is asked {when.says}")


def run(
    name: Annotated[str, Parameter(help="The source.")],
    /,
    *,
    accept_loss: Annotated[
        bool, Parameter(help="Believe that rows are gone, however many.", negative="")
    ] = False,
    session: Annotated[Session, Parameter(parse=False)],
) -> None:
    """Ask a source now for what is new."""
    asked = session.ask(RUN, AskedNow(name=name, accept_loss=accept_loss))
    session.say(f"{name}: {asked.events} events taken in from {asked.rows} rows")
    for reason, n in asked.refused.items():
        session.say(f"    {n} refused: {reason}")


def list_sources(*, session: Annotated[Session, Parameter(parse=False)]) -> None:
    """List the databases that are asked."""
    rows = session.ask(LISTED, AllSources())
    session.table(
        ("name", "when", "asked at", "problem"),
        [(each.name, each.when, each.asked_at, each.problem) for each in rows],
    )


def remove(
    name: Annotated[str, Parameter(help="The source.")],
    /,
    *,
    session: Annotated[Session, Parameter(parse=False)],
) -> None:
    """Ask a source no more; the events that came from it stay."""
    session.ask(REMOVE, SourceName(name=name))
    session.say(f"{name} is asked no more")


def _question(url: str, query: Path, mapping: Path) -> Question:
    read = yaml.safe_load(_text(mapping))
    if not isinstance(read, dict):
        raise ImportRefusedError(
            f"{mapping}: a mapping is a list of names and columns, such as time: created_at"
        )
    # From standard input no password stands in the list of processes.
    where = sys.stdin.readline().strip() if url == "-" else url
    return Question(url=where, query=_text(query), mapping=read)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise ImportRefusedError(f"{file} cannot be read: {error.strerror}") from None
