"""`waypost serve`: binds both doors and keeps the processes behind them running."""

import os
import socket
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Annotated

from cyclopts import Parameter

from waypost.core import StoreError
from waypost.run.folder import private, ready_folder
from waypost.run.holding import holding
from waypost.run.listening import listen
from waypost.run.session import Session
from waypost.run.supervisor import Part, Supervisor


def serve(
    *,
    sample: Annotated[bool, Parameter(help="Load a made-up company on the first start.")] = False,
    session: Annotated[Session, Parameter(parse=False)],
) -> int:
    """Run Waypost until it is told to stop."""
    settings = session.settings
    folder = ready_folder(settings.data, makes=True).absolute()
    _check_rights(folder)
    with ExitStack() as held:
        held.enter_context(private())
        held.enter_context(holding(folder, "serve"))
        workspace = held.enter_context(
            _door(settings.workspace.host, settings.workspace.port, "workspace.port")
        )
        collector = held.enter_context(
            _door(settings.collector.host, settings.collector.port, "collector.port")
        )
        # What was decided here is the truth for every process: the folder, and ports that were left to chance.
        os.environ["WAYPOST_DATA"] = str(folder)
        # What is learnt from history is worked out beside the rounds: more threads would only keep them waiting.
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        os.environ["WAYPOST_WORKSPACE_PORT"] = str(workspace.getsockname()[1])
        os.environ["WAYPOST_COLLECTOR_PORT"] = str(collector.getsockname()[1])
        parts = [
            *_collectors(folder, collector, settings.collector.workers),
            _workspace(workspace, sample=sample),
            *_syslog(settings.syslog.source),
        ]
        return Supervisor(parts, say=_say).run()


def _collectors(folder: Path, door: socket.socket, workers: int) -> Iterator[Part]:
    command = ["-m", "waypost.run.collector", "--data", str(folder), "--fd", str(door.fileno())]
    for n in range(1, workers + 1):
        yield Part(name=f"collector {n}", command=command, sockets=[door.fileno()])


def _workspace(door: socket.socket, *, sample: bool) -> Part:
    command = ["-m", "waypost.run.workspace_process", "--fd", str(door.fileno())]
    return Part(
        name="workspace", command=[*command, "--sample"] if sample else command, sockets=[door.fileno()]
    )


def _syslog(source: str | None) -> Iterator[Part]:
    if source:
        yield Part(name="syslog", command=["-m", "waypost.run.syslog_process"])


@contextmanager
def _door(host: str, port: int, setting: str) -> Iterator[socket.socket]:
    with listen(host, port, setting=setting) as door:
        yield door


def _check_rights(folder: Path) -> None:
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise StoreError(
            f"{folder} may not be written by this user; give it to them, or use another with --data"
        )


def _say(line: str) -> None:
    sys.stderr.write(f"waypost: {line}\n")
    sys.stderr.flush()
