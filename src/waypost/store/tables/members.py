"""Members: who signs in to Waypost, their sessions, their attempts, and the notes that they write."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

import sqlalchemy as sa
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError

from waypost.core import StoreError
from waypost.store.operations import Operations, metadata
from waypost.store.tables.instant import Instant

SESSION_AGE = timedelta(days=30)
SEEN_EVERY = timedelta(minutes=10)
INVITATION_AGE = timedelta(days=7)
ATTEMPT_WINDOW = timedelta(minutes=15)
MOST_ATTEMPTS = {"address": 30, "email": 8}
LEAST_PASSWORD, MOST_PASSWORD = 10, 200
MOST_SESSIONS = 20
HANDLE = 16


class Role(StrEnum):
    """What a member may do: an owner also manages members, keys and the sample."""

    OWNER = "owner"
    MEMBER = "member"


members = sa.Table(
    "members",
    metadata,
    sa.Column("member_id", sa.Text, primary_key=True),
    sa.Column("email", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("password_hash", sa.Text, nullable=False),
    sa.Column("joined_at", Instant, nullable=False),
    sa.Column("left_at", Instant),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_hash", sa.Text, primary_key=True),
    sa.Column("member_id", sa.Text, sa.ForeignKey("members.member_id"), nullable=False, index=True),
    sa.Column("began_at", Instant, nullable=False),
    sa.Column("seen_at", Instant, nullable=False),
    sa.Column("ends_at", Instant, nullable=False),
    sa.Column("agent", sa.Text, nullable=False),
)

invitations = sa.Table(
    "invitations",
    metadata,
    sa.Column("token_hash", sa.Text, primary_key=True),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("made_at", Instant, nullable=False),
    sa.Column("ends_at", Instant, nullable=False),
    sa.Column("used_at", Instant),
)

sign_in_attempts = sa.Table(
    "sign_in_attempts",
    metadata,
    sa.Column("attempt_id", sa.Integer, primary_key=True),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("who_hash", sa.Text, nullable=False),
    sa.Column("tried_at", Instant, nullable=False),
    sa.Index("sign_in_attempts_by_who", "kind", "who_hash", "tried_at"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One member as pages may show them."""

    member_id: str
    email: str
    name: str
    role: Role
    joined_at: datetime

    @property
    def is_owner(self) -> bool:
        """Whether this member may manage members, keys and the sample."""
        return self.role is Role.OWNER


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One browser that is signed in; `handle` names it on pages and is not the token."""

    handle: str
    member_id: str
    began_at: datetime
    seen_at: datetime
    agent: str


class Members:
    """Questions and acts on members, invitations and sessions. Tokens are stored hashed."""

    def __init__(self, operations: Operations, *, hasher: PasswordHasher | None = None) -> None:
        """Work on one workspace; `hasher` lets tests use a cheap one."""
        self._operations = operations
        self._hasher = hasher or PasswordHasher()
        # Checked when nobody has the e-mail, so that the answer takes as long as a wrong password.
        self._nobody = self._hasher.hash(secrets.token_hex(16))

    def invite(self, role: Role, *, now: datetime) -> str:
        """Return the token of a link that makes one member, once, within seven days."""
        token = secrets.token_urlsafe(24)
        values = {"token_hash": hashed(token), "role": role, "made_at": now, "ends_at": now + INVITATION_AGE}
        with self._operations.begin() as rows:
            rows.execute(sa.insert(invitations).values(values))
        return token

    def invited(self, token: str, *, now: datetime) -> Role | None:
        """Return the role an invitation gives, None when it is used, over or unknown."""
        with self._operations.begin() as rows:
            role = rows.scalar(sa.select(invitations.c.role).where(_usable(token, now)))
        return Role(role) if role else None

    def accept(self, token: str, *, email: str, name: str, password: str, now: datetime) -> Member:
        """Make the member that an invitation allows. Raises StoreError when it does not, or the e-mail is taken."""
        hashed_password = self._hasher.hash(_sound(password))
        with self._operations.begin() as rows:
            role = rows.scalar(sa.select(invitations.c.role).where(_usable(token, now)))
            taken = rows.execute(sa.update(invitations).where(_usable(token, now)).values(used_at=now))
            if role is None or taken.rowcount != 1:
                raise StoreError("this link has been used or is over; ask an owner for a new one")
            return _insert(
                rows, email=email, name=name, role=Role(role), password_hash=hashed_password, now=now
            )

    def add(self, *, email: str, name: str, role: Role, password: str, now: datetime) -> Member:
        """Make a member straight away, as the command line does. Raises StoreError when the e-mail is taken."""
        hashed_password = self._hasher.hash(_sound(password))
        with self._operations.begin() as rows:
            return _insert(rows, email=email, name=name, role=role, password_hash=hashed_password, now=now)

    def list(self) -> list[Member]:
        """Return the members, by name."""
        here = sa.select(members).where(members.c.left_at.is_(None)).order_by(members.c.name)
        with self._operations.begin() as rows:
            return [_member(row) for row in rows.execute(here).mappings()]

    def any(self) -> bool:
        """Return whether the workspace has a member yet."""
        return bool(self.list())

    def remove(self, member_id: str, *, now: datetime) -> None:
        """End a membership and every session of it. Raises StoreError for the last owner."""
        owners = [each for each in self.list() if each.is_owner]
        if [each.member_id for each in owners] == [member_id]:
            raise StoreError("a workspace keeps at least one owner; make somebody else an owner first")
        with self._operations.begin() as rows:
            here = sa.and_(members.c.member_id == member_id, members.c.left_at.is_(None))
            gone = f"left:{member_id}"
            rows.execute(sa.update(members).where(here).values(left_at=now, email=gone, password_hash=""))
            rows.execute(sa.delete(sessions).where(sessions.c.member_id == member_id))

    def checked(self, email: str, password: str) -> Member | None:
        """Return the member whose e-mail and password these are; both ways of being wrong take the same time."""
        one = sa.select(members).where(members.c.email == _tidy(email), members.c.left_at.is_(None))
        with self._operations.begin() as rows:
            row = rows.execute(one).mappings().one_or_none()
        try:
            self._hasher.verify(row["password_hash"] if row else self._nobody, password[:MOST_PASSWORD])
        except (VerifyMismatchError, InvalidHashError):
            return None
        return _member(row) if row else None

    def begin_session(self, member_id: str, *, agent: str, now: datetime) -> str:
        """Return the token of a new session; a member's oldest sessions beyond twenty end."""
        token = secrets.token_urlsafe(32)
        values = {
            "token_hash": hashed(token),
            "member_id": member_id,
            "began_at": now,
            "seen_at": now,
            "ends_at": now + SESSION_AGE,
            "agent": agent[:200],
        }
        mine = sessions.c.member_id == member_id
        newest = (
            sa.select(sessions.c.token_hash)
            .where(mine)
            .order_by(sessions.c.seen_at.desc())
            .limit(MOST_SESSIONS)
        )
        with self._operations.begin() as rows:
            rows.execute(sa.insert(sessions).values(values))
            rows.execute(sa.delete(sessions).where(sessions.c.ends_at <= now))
            others = sessions.c.token_hash != values["token_hash"]
            rows.execute(sa.delete(sessions).where(mine, others, sessions.c.token_hash.not_in(newest)))
        return token

    def signed_in(self, token: str, *, now: datetime) -> Member | None:
        """Return whose session this is, None when it is over or unknown."""
        this = sa.and_(sessions.c.token_hash == hashed(token), sessions.c.ends_at > now)
        question = (
            sa.select(members, sessions.c.seen_at).join(sessions).where(this, members.c.left_at.is_(None))
        )
        with self._operations.begin() as rows:
            row = rows.execute(question).mappings().one_or_none()
            if row is None:
                return None
            if now - row["seen_at"] > SEEN_EVERY:
                rows.execute(sa.update(sessions).where(this).values(seen_at=now))
        return _member(row)

    def sessions(self, member_id: str, *, now: datetime) -> Sequence[Session]:
        """Return where a member is signed in, latest first."""
        c = sessions.c
        some = sa.select(sessions).where(c.member_id == member_id, c.ends_at > now).order_by(c.seen_at.desc())
        with self._operations.begin() as rows:
            found = list(rows.execute(some).mappings())
        return [
            Session(
                handle=row["token_hash"][:HANDLE],
                member_id=row["member_id"],
                began_at=row["began_at"],
                seen_at=row["seen_at"],
                agent=row["agent"],
            )
            for row in found
        ]

    def handle_of(self, token: str) -> str:
        """Return the name that pages give to the session of a token."""
        return hashed(token)[:HANDLE]

    def end_session(self, token: str) -> None:
        """Sign one browser out."""
        with self._operations.begin() as rows:
            rows.execute(sa.delete(sessions).where(sessions.c.token_hash == hashed(token)))

    def end_by_handle(self, member_id: str, handle: str) -> None:
        """Sign one of a member's browsers out by its name on the page."""
        c = sessions.c
        with self._operations.begin() as rows:
            rows.execute(
                sa.delete(sessions).where(
                    c.member_id == member_id, c.token_hash.startswith(handle[:HANDLE], autoescape=True)
                )
            )

    def may_try(self, *, address: str, email: str, now: datetime) -> bool:
        """Count an attempt to sign in; False when this address or this e-mail has had too many lately."""
        c = sign_in_attempts.c
        who = {"address": hashed(address), "email": hashed(_tidy(email))}
        with self._operations.begin() as rows:
            rows.execute(sa.delete(sign_in_attempts).where(c.tried_at <= now - ATTEMPT_WINDOW))
            rows.execute(
                sa.insert(sign_in_attempts),
                [{"kind": kind, "who_hash": digest, "tried_at": now} for kind, digest in who.items()],
            )
            counts = {
                kind: rows.scalar(sa.select(sa.func.count()).where(c.kind == kind, c.who_hash == digest))
                for kind, digest in who.items()
            }
        return all((counts[kind] or 0) <= most for kind, most in MOST_ATTEMPTS.items())

    def forget_attempts(self, email: str) -> None:
        """Let an e-mail start afresh, after it signed in."""
        c = sign_in_attempts.c
        with self._operations.begin() as rows:
            rows.execute(
                sa.delete(sign_in_attempts).where(c.kind == "email", c.who_hash == hashed(_tidy(email)))
            )


def hashed(token: str) -> str:
    """Return what is stored of a random token: its SHA-256, which is enough for 128 random bits and more."""
    return hashlib.sha256(token.encode()).hexdigest()


def _usable(token: str, now: datetime) -> sa.ColumnElement[bool]:
    c = invitations.c
    return sa.and_(c.token_hash == hashed(token), c.used_at.is_(None), c.ends_at > now)


def _sound(password: str) -> str:
    if not LEAST_PASSWORD <= len(password) <= MOST_PASSWORD:
        raise StoreError(f"a password has {LEAST_PASSWORD} to {MOST_PASSWORD} characters")
    return password


def _insert(
    rows: sa.Connection, *, email: str, name: str, role: Role, password_hash: str, now: datetime
) -> Member:
    if "@" not in email:
        raise StoreError(f"{email!r} is not an e-mail address")
    values = {
        "member_id": secrets.token_hex(8),
        "email": _tidy(email),
        "name": name.strip() or _tidy(email),
        "role": role,
        "password_hash": password_hash,
        "joined_at": now,
    }
    try:
        rows.execute(sa.insert(members).values(values))
    except sa.exc.IntegrityError:
        raise StoreError("somebody signs in with this e-mail already") from None
    return _member(values)


def _tidy(email: str) -> str:
    return email.strip().lower()


def _member(row: "sa.RowMapping | dict[str, object]") -> Member:
    return Member(
        member_id=str(row["member_id"]),
        email=str(row["email"]),
        name=str(row["name"]),
        role=Role(str(row["role"])),
        joined_at=row["joined_at"],  # type: ignore[arg-type]
    )
