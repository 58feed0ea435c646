"""A whole Waypost with its sample workspace, started for a measurement."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from waypost.run.commands.sql import LOOK, Question
from waypost.run.control import ask_at_the_door
from waypost.store import Keys, Operations

WAYPOST = str(Path(sys.executable).with_name("waypost"))
READY_WITHIN_S = 300
MOST_LOG = 20_000
LEARNT_WITHIN_S = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Serving:
    """A running Waypost: its folder, the ports of its doors, and the id of its supervisor."""

    folder: Path
    workspace_port: int
    collector_port: int
    process: int
    loaded_in_s: float

    def look(self, sql: str) -> pl.DataFrame:
        """Return the answer to one SELECT, through the control door."""
        return pl.read_ipc(ask_at_the_door(self.folder, LOOK, Question(sql=sql, within_s=60), _quiet))

    def wait_until_learnt(self) -> None:
        """Wait until history was learnt from, which is done once a day: a usual second is measured, not that one."""
        deadline = time.monotonic() + LEARNT_WITHIN_S
        while time.monotonic() < deadline:
            if self.look("select count(*) as n from progress where name = 'learnt_on'").item():
                return
            time.sleep(1)
        raise TimeoutError(f"history was not learnt from within {LEARNT_WITHIN_S} s")


@contextmanager
def serving(folder: Path, *, sample: bool = True) -> Iterator[Serving]:
    """Start Waypost on free ports, wait until the sample is loaded, and stop it at the end."""
    ports = [_free_port(), _free_port()]
    environment = {
        **os.environ,
        "WAYPOST_DATA": str(folder),
        "WAYPOST_WORKSPACE_PORT": str(ports[0]),
        "WAYPOST_COLLECTOR_PORT": str(ports[1]),
    }
    began = time.monotonic()
    command = [WAYPOST, "serve", *(["--sample"] if sample else [])]
    with (folder.parent / "serve.log").open("wb") as log:
        process = subprocess.Popen(command, env=environment, stdout=log, stderr=log)
    try:
        _wait(folder, sample=sample)
        yield Serving(
            folder=folder,
            workspace_port=ports[0],
            collector_port=ports[1],
            process=process.pid,
            loaded_in_s=time.monotonic() - began,
        )
    except BaseException:
        # The folder goes with whoever made it.
        print((folder.parent / "serve.log").read_text(errors="replace")[-MOST_LOG:], file=sys.stderr)
        raise
    finally:
        process.terminate()
        process.wait(60)


def write_key(folder: Path) -> str:
    """Make a write key in a data folder, and return it."""
    operations = Operations(folder / "operations.db")
    key = Keys(operations).create("bench", now=datetime.now(UTC))
    operations.close()
    return key


def _wait(folder: Path, *, sample: bool) -> None:
    """Wait until the workspace answers and, when there is a sample, has stated it."""
    probe = Serving(folder=folder, workspace_port=0, collector_port=0, process=0, loaded_in_s=0)
    deadline = time.monotonic() + READY_WITHIN_S
    while time.monotonic() < deadline:
        time.sleep(0.2)
        try:
            scored = probe.look("select count(*) as n from scores").item()
        except Exception:  # noqa: BLE001, S112 -- it is not there yet, whatever it says
            continue
        if scored or not sample:
            return
    raise TimeoutError(f"Waypost was not ready within {READY_WITHIN_S} s; see {folder.parent}/serve.log")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _quiet(_progress: object) -> None:
    """Progress of a measurement is nobody's news."""
