"""`waypost key`: write keys for the collector."""

from datetime import datetime
from typing import Annotated

from cyclopts import Parameter
from msgspec import Struct

from waypost.run.act import Act, Tell
from waypost.run.session import Session
from waypost.run.workspace import Workspace
from waypost.store import Keys


class NewKey(Struct, frozen=True, kw_only=True):
    """The name of a key to make, and the source its events come from (by default segment:NAME)."""

    name: str
    source: str | None = None


class KeyName(Struct, frozen=True, kw_only=True):
    """The name of a key."""

    name: str


class Everything(Struct, frozen=True, kw_only=True):
    """Asks for all there is."""


class KeyRow(Struct, frozen=True, kw_only=True):
    """A key as it may be shown."""

    name: str
    source: str
    begins_with: str
    created_at: datetime
    revoked_at: datetime | None


def _create(workspace: Workspace, asked: NewKey, _tell: Tell) -> str:
    return Keys(workspace.operations).create(asked.name, source=asked.source, now=workspace.now)


def _list(workspace: Workspace, _asked: Everything, _tell: Tell) -> list[KeyRow]:
    return [
        KeyRow(
            name=each.name,
            source=each.source,
            begins_with=each.begins_with,
            created_at=each.created_at,
            revoked_at=each.revoked_at,
        )
        for each in Keys(workspace.operations).list()
    ]


def _revoke(workspace: Workspace, asked: KeyName, _tell: Tell) -> None:
    Keys(workspace.operations).revoke(asked.name, now=workspace.now)


CREATE = Act(name="key-create", asks=NewKey, answers=str, do=_create)
LIST = Act(name="key-list", asks=Everything, answers=list[KeyRow], do=_list)
REVOKE = Act(name="key-revoke", asks=KeyName, answers=type(None), do=_revoke)


def create(
    name: Annotated[str, Parameter(help="What the key is for, such as web or billing-service.")],
    /,
    *,
    source: Annotated[
        str | None, Parameter(help="The source of its events; by default segment:NAME.")
    ] = None,
    session: Annotated[Session, Parameter(parse=False)],
) -> None:
    """Make a write key and print it, this once."""
    session.say(session.ask(CREATE, NewKey(name=name, source=source), makes=True))


def list_keys(*, session: Annotated[Session, Parameter(parse=False)]) -> None:
    """List the write keys; of each only the beginning is kept in plain."""
    session.table(
        ["name", "source", "begins with", "created at", "revoked at"],
        [
            (k.name, k.source, k.begins_with, k.created_at, k.revoked_at)
            for k in session.ask(LIST, Everything())
        ],
    )


def revoke(
    name: Annotated[str, Parameter(help="The key's name, as waypost key list shows it.")],
    /,
    *,
    session: Annotated[Session, Parameter(parse=False)],
) -> None:
    """Take a write key out of force; within two seconds the collector refuses it."""
    session.ask(REVOKE, KeyName(name=name))
    session.say(f"{name} is revoked")
