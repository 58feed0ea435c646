"""`waypost tail`: follows files until it is stopped, whether or not Waypost runs on the folder."""

import signal
import threading
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from waypost.collect import Follower, Format
from waypost.run.clock import SystemClock
from waypost.run.commands.imports import LeftOpen
from waypost.run.folder import private, ready_folder
from waypost.run.following import Beside, Files, follow_of, following
from waypost.run.session import Session

EVERY_S = 0.5

Typed = Annotated[list[str], Parameter(help="Files, or patterns such as '/var/log/*/access.log' in quotes.")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lines(LeftOpen):
    """What the lines of followed files are.

    Parameters
    ----------
    source
        Where the events come from, such as web.
    format
        What the files hold; by default the first file's first line tells.
    from_end
        Leave out what is in the files now.
    zone
        The zone of the files' clocks, such as Europe/Berlin, when it is not UTC.
    written
        How lines are written: a LogFormat, a log_format, a pattern, or where JSON says what.
    most_odd
        The share of the first lines, 0 to 1, that may not be in the format.
    """

    source: str
    format: Format | None = None
    from_end: bool = False


def tail(
    files: Typed,
    /,
    *,
    lines: Annotated[Lines, Parameter(name="*")],
    once: Annotated[bool, Parameter(help="Read to the end of the files, and stop.")] = False,
    session: Annotated[Session, Parameter(parse=False)],
) -> None:
    """Follow files until it is stopped."""
    follow = follow_of(asked_of(files, lines))
    folder = ready_folder(session.settings.data, makes=True)
    with ExitStack() as held:
        held.enter_context(private())
        held.enter_context(following(folder, follow.source))
        beside = Beside(folder)
        held.callback(beside.close)
        follower = Follower(follow, beside.inbox)
        held.callback(follower.close)
        _follow(follower, beside, session, once=once)
        report = follower.report
        session.say(f"{follow.source}: {report.events} events taken in from {report.lines} lines")
        for what, counts in (("refused", report.refused), ("noise", report.noise)):
            for reason, n in counts.most_common():
                session.say(f"    {n} {what}: {reason}")


def asked_of(files: list[str], lines: Lines) -> Files:
    """Return what was typed as others can read it, from wherever they look."""
    return Files(
        source=lines.source,
        patterns=tuple(str(Path(each).absolute()) for each in files),
        format=lines.format,
        zone=lines.zone,
        written=lines.written,
        most_odd=lines.most_odd,
        from_end=lines.from_end,
    )


def _follow(follower: Follower, beside: Beside, session: Session, *, once: bool) -> None:
    """Take turns until a signal comes, or once to the end."""
    clock, ending = SystemClock(), threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: ending.set())
    told: list[str] = []
    while not ending.is_set():
        follower.means(beside.means(follower.follow.source))
        more = follower.turn(clock.now())
        if follower.problems != told:
            told = list(follower.problems)
            for problem in told:
                session.err.print(problem, markup=False)
        if not more:
            if once:
                return
            ending.wait(EVERY_S)
            beside.learn()
