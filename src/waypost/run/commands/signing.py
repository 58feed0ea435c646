"""`waypost source secret`: what the senders of a source sign their webhooks with."""

import sys
from datetime import datetime
from getpass import getpass
from typing import Annotated

from cyclopts import Parameter
from msgspec import Struct

from waypost.run.act import Act, Tell
from waypost.run.session import Session
from waypost.run.source_pages import put_secret, signing_secrets
from waypost.run.workspace import Workspace
from waypost.store import AT_THE_MACHINE


class NewSecret(Struct, frozen=True, kw_only=True):
    """A source and the secret that it is to have; None takes the one away that it has."""

    source: str
    secret: str | None


class AllSecrets(Struct, frozen=True, kw_only=True):
    """Asks which sources have one."""


class SecretRow(Struct, frozen=True, kw_only=True):
    """That a source has a secret; never the secret."""

    source: str
    changed_at: datetime


def _put(workspace: Workspace, asked: NewSecret, _tell: Tell) -> None:
    put_secret(workspace, asked.source, asked.secret, by=AT_THE_MACHINE)


def _list(workspace: Workspace, _asked: AllSecrets, _tell: Tell) -> list[SecretRow]:
    return [
        SecretRow(source=each.source, changed_at=each.changed_at) for each in signing_secrets(workspace).all()
    ]


PUT = Act(name="secret-put", asks=NewSecret, answers=type(None), do=_put)
LIST = Act(name="secret-list", asks=AllSecrets, answers=list[SecretRow], do=_list)


def secret(
    source: Annotated[str, Parameter(help="The source, as waypost key list names it.")],
    /,
    *,
    remove: Annotated[bool, Parameter(help="Take the secret away.")] = False,
    session: Annotated[Session, Parameter(parse=False)],
) -> None:
    """Read a secret from the terminal or from standard input, and keep it sealed."""
    session.ask(PUT, NewSecret(source=source, secret=None if remove else _typed()), makes=True)
    session.say(f"{source} has no secret any more" if remove else f"{source} has a secret; it is never shown")


def list_secrets(*, session: Annotated[Session, Parameter(parse=False)]) -> None:
    """List the sources that have a secret."""
    rows = session.ask(LIST, AllSecrets())
    session.table(("source", "changed at"), [(each.source, each.changed_at) for each in rows])


def _typed() -> str:
    return getpass("Secret: ") if sys.stdin.isatty() else sys.stdin.read()
