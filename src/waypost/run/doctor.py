"""The doctor looks at one Waypost and says what is wrong and what to do."""

import shutil
import stat
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path

import polars as pl
from msgspec import Struct

from waypost.core import DeliveryError, WaypostError
from waypost.measure import State, rhythm_of, source_hours
from waypost.run.following import behind_bytes
from waypost.run.interventions import mail_channel
from waypost.run.sample_workspace import is_sample
from waypost.run.secret import secret_of
from waypost.run.workspace import Workspace
from waypost.store import Followed, SourcePauses, fault_of_register, last_arrival, position

GB = 1_000_000_000
KB = 1_024
LEAST_FREE_GB, GOOD_FREE_GB = 1, 5
MOST_WAITING = 100_000
#: The source of what Waypost itself noticed and did.
OWN = "waypost"
AHEAD_AT_MOST = timedelta(minutes=2)
PRIVATE = ("secret.key", "control.json", "operations.db", "inbox.db", "warehouse.duckdb", "register")


class Level(StrEnum):
    """How bad a finding is."""

    FINE = "fine"
    LOOK = "look"
    WRONG = "wrong"


class Finding(Struct, frozen=True, kw_only=True):
    """What the doctor found in one place, and what to do about it ("" when nothing)."""

    about: str
    level: Level
    says: str
    do: str = ""


def examine(workspace: Workspace, *, tell: Callable[[str], None] = lambda _what: None) -> list[Finding]:
    """Return everything the doctor looks at, in order; an examination that fails is itself a finding."""
    found: list[Finding] = []
    for about, look in EXAMINATIONS.items():
        tell(about)
        try:
            found += look(workspace)
        except (OSError, WaypostError) as error:
            found.append(
                Finding(about=about, level=Level.WRONG, says=str(error), do="look into it, then ask me again")
            )
    return found


def _versions(_workspace: Workspace) -> Iterator[Finding]:
    python = ".".join(map(str, sys.version_info[:3]))
    engines = f"DuckDB {version('duckdb')}, Polars {version('polars')}"
    yield Finding(
        about="versions", level=Level.FINE, says=f"Waypost {version('waypost')} on Python {python}, {engines}"
    )


def _folder(workspace: Workspace) -> Iterator[Finding]:
    folder = _folder_of(workspace)
    open_to_others = [
        name
        for name in PRIVATE
        if (folder / name).exists() and stat.S_IMODE((folder / name).stat().st_mode) & 0o077
    ]
    if stat.S_IMODE(folder.stat().st_mode) & 0o077 and open_to_others:
        yield Finding(
            about="data folder",
            level=Level.LOOK,
            says=f"other users of this machine can read {', '.join(open_to_others)}",
            do=f"chmod 700 {folder}",
        )
    else:
        size = sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
        yield Finding(
            about="data folder", level=Level.FINE, says=f"{folder}, {size / 1_000_000:.0f} MB, private"
        )


def _disk(workspace: Workspace) -> Iterator[Finding]:
    free_gb = shutil.disk_usage(_folder_of(workspace)).free / GB
    says = f"{free_gb:.1f} GB free"
    if free_gb < LEAST_FREE_GB:
        yield Finding(
            about="disk", level=Level.WRONG, says=says, do="make room; without it events are refused"
        )
    elif free_gb < GOOD_FREE_GB:
        yield Finding(about="disk", level=Level.LOOK, says=says, do="make room before it runs out")
    else:
        yield Finding(about="disk", level=Level.FINE, says=says)


def _clock(workspace: Workspace) -> Iterator[Finding]:
    now = workspace.now
    newest = max(workspace.inbox.last_seen().values(), default=now)
    if newest - now > AHEAD_AT_MOST:
        yield Finding(
            about="clock",
            level=Level.WRONG,
            says=f"it is {now:%Y-%m-%d %H:%M} UTC here, and events came in at {newest:%Y-%m-%d %H:%M}",
            do="set the clock of this machine, best with a time service",
        )
    else:
        yield Finding(
            about="clock", level=Level.FINE, says=f"{now:%Y-%m-%d %H:%M} UTC, days of {workspace.zone}"
        )


def _mail(workspace: Workspace) -> Iterator[Finding]:
    server = workspace.settings.smtp
    if not server.host:
        yield Finding(
            about="e-mail",
            level=Level.LOOK,
            says="no server is set, so no e-mail leaves",
            do="set smtp.host and smtp.from_address in waypost.toml when it should",
        )
        return
    try:
        mail_channel(workspace.settings, secret_of(workspace.folder)).reach()
    except DeliveryError as error:
        yield Finding(
            about="e-mail",
            level=Level.WRONG,
            says=" ".join(str(error).split()),
            do="check smtp.host, smtp.port, smtp.security, smtp.user and smtp.password",
        )
    else:
        says = f"{server.host}:{server.port} takes our mail"
        if is_sample(workspace.folder):
            says += ", but none leaves while the sample is loaded"
        yield Finding(about="e-mail", level=Level.FINE, says=says)


def _sources(workspace: Workspace) -> Iterator[Finding]:
    seen = workspace.inbox.last_seen()
    if not seen:
        yield Finding(
            about="sources",
            level=Level.LOOK,
            says="nothing has come in yet",
            do="make a key with waypost key create, and send an event to the collector",
        )
    hours = source_hours(workspace.warehouse, workspace.today, ours=OWN)
    paused = SourcePauses(workspace.operations).in_force()
    for source, last_at in sorted(seen.items()):
        rhythm = rhythm_of(hours.filter(pl.col("source") == source), workspace.today, workspace.zone)
        due = rhythm.due(last_at, workspace.zone)
        late = source != OWN and source not in paused and due.state(workspace.now) is not State.UP
        expected = f", and the next was expected by {due.expected_at:%Y-%m-%d %H:%M} UTC" if late else ""
        yield Finding(
            about=f"source {source}",
            level=Level.LOOK if late else Level.FINE,
            says=f"last event {last_at:%Y-%m-%d %H:%M} UTC{expected}",
            do="see whether it still sends, or pause it on the Sources page" if late else "",
        )


def _followed(workspace: Workspace) -> Iterator[Finding]:
    for each in Followed(workspace.operations).all():
        about = f"files of {each.source}"
        if each.problem:
            yield Finding(
                about=about,
                level=Level.WRONG,
                says=each.problem,
                do="put it right, or waypost source follow other files; Waypost looks again by itself",
            )
        else:
            behind = -(-behind_bytes(workspace.inbox, each) // KB)
            says = f"{' '.join(each.patterns)} is followed; {behind} KB are still to be read"
            yield Finding(about=about, level=Level.FINE, says=says)


def _refusals(workspace: Workspace) -> Iterator[Finding]:
    since = (workspace.now - timedelta(days=1)).date().isoformat()
    for count in workspace.inbox.door_counts(since):
        if count.outcome == "refused":
            yield Finding(
                about=f"source {count.source}",
                level=Level.LOOK,
                says=f"{count.n} events refused on {count.day}: {count.reason}",
                do="the Sources page shows some of them",
            )


def _rounds(workspace: Workspace) -> Iterator[Finding]:
    waiting = _waiting(workspace)
    if waiting > MOST_WAITING:
        yield Finding(
            about="rounds",
            level=Level.LOOK,
            says=f"{waiting} events wait to be taken in",
            do="start waypost serve, or run waypost round; if it runs, see data/logs/workspace.log",
        )
    else:
        yield Finding(about="rounds", level=Level.FINE, says=f"{waiting} events wait to be taken in")


def _register(workspace: Workspace) -> Iterator[Finding]:
    with workspace.warehouse.writing() as writer:
        fault = fault_of_register(writer)
        covered, newest = writer.register.covered, last_arrival(writer)
    if fault:
        yield Finding(
            about="register",
            level=Level.WRONG,
            says=fault,
            do="stop Waypost, remove the folder register, start it: it is made anew",
        )
    else:
        says = f"{covered} of {newest} events can be found by their id; the others are looked through"
        yield Finding(about="register", level=Level.FINE, says=says)


EXAMINATIONS: dict[str, Callable[[Workspace], Iterator[Finding]]] = {
    "versions": _versions,
    "data folder": _folder,
    "disk": _disk,
    "clock": _clock,
    "e-mail": _mail,
    "sources": _sources,
    "followed files": _followed,
    "refusals": _refusals,
    "rounds": _rounds,
    "register": _register,
}


def _waiting(workspace: Workspace) -> int:
    with workspace.warehouse.writing() as writer:
        return workspace.inbox.waiting(position(writer, "inbox") or 0)


def _folder_of(workspace: Workspace) -> Path:
    return workspace.folder or Path()
