"""`waypost member`: who signs in to the workspace."""

import sys
from datetime import datetime
from getpass import getpass
from typing import Annotated

from cyclopts import Parameter
from msgspec import Struct

from waypost.core import WaypostError
from waypost.run.act import Act, Tell
from waypost.run.secret import new_password
from waypost.run.session import Session
from waypost.run.workspace import Workspace
from waypost.store import Members, Role


class NewMember(Struct, frozen=True, kw_only=True):
    """Somebody who is to sign in."""

    email: str
    name: str
    role: Role
    password: str


class Everybody(Struct, frozen=True, kw_only=True):
    """Asks for all there are."""


class MemberRow(Struct, frozen=True, kw_only=True):
    """A member as a terminal shows one."""

    email: str
    name: str
    role: Role
    joined_at: datetime


def _add(workspace: Workspace, asked: NewMember, _tell: Tell) -> None:
    now = workspace.now
    Members(workspace.operations).add(
        email=asked.email, name=asked.name, role=asked.role, password=asked.password, now=now
    )


def _list(workspace: Workspace, _asked: Everybody, _tell: Tell) -> list[MemberRow]:
    here = Members(workspace.operations).list()
    return [MemberRow(email=m.email, name=m.name, role=m.role, joined_at=m.joined_at) for m in here]


ADD = Act(name="member-add", asks=NewMember, answers=type(None), do=_add)
LIST = Act(name="member-list", asks=Everybody, answers=list[MemberRow], do=_list)


def add(
    email: Annotated[str, Parameter(help="The e-mail address that signs in.")],
    /,
    *,
    name: Annotated[str | None, Parameter(help="The name that pages show; by default the address.")] = None,
    role: Annotated[Role, Parameter(help="An owner also manages members and keys.")] = Role.MEMBER,
    ask_password: Annotated[bool, Parameter(help="Type the password instead of having one made.")] = False,
    session: Annotated[Session, Parameter(parse=False)],
) -> None:
    """Add a member and print a password made for them, this once."""
    password = _typed_password() if ask_password else new_password()
    added = NewMember(email=email, name=name or email.partition("@")[0], role=role, password=password)
    session.ask(ADD, added, makes=True)
    session.say(f"{email} can sign in" if ask_password else f"{email} can sign in with {password}")


def list_members(*, session: Annotated[Session, Parameter(parse=False)]) -> None:
    """List who can sign in."""
    here = session.ask(LIST, Everybody())
    session.table(
        ["email", "name", "role", "joined at"], [(m.email, m.name, m.role, m.joined_at) for m in here]
    )


def _typed_password() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\n")
    typed = getpass("Password: ")
    if getpass("The same again: ") != typed:
        raise WaypostError("the two passwords differ; nothing was changed")
    return typed
