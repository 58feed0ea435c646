import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

WAYPOST = str(Path(sys.executable).with_name("waypost"))
PATIENCE_S = 60


class Served:
    """A real `waypost serve` on free ports."""

    def __init__(self, folder: Path, workspace_port: int, collector_port: int) -> None:
        self.environment = os.environ | {
            "WAYPOST_DATA": str(folder),
            "WAYPOST_WORKSPACE_PORT": str(workspace_port),
            "WAYPOST_COLLECTOR_PORT": str(collector_port),
        }
        self.process = subprocess.Popen(
            [WAYPOST, "serve"],
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def until(self, beginning: str) -> str:
        assert self.process.stdout
        for line in self.process.stdout:
            if line.strip().startswith(beginning):
                return line.strip()
        raise AssertionError(f"it ended without {beginning!r}")

    def again(self, *words: str, **changed: str) -> subprocess.CompletedProcess[str]:
        environment = self.environment | changed
        return subprocess.run(
            [WAYPOST, *words],
            env=environment,
            capture_output=True,
            text=True,
            timeout=PATIENCE_S,
            check=False,
        )

    def part(self, module: str) -> psutil.Process:
        """Return the process that runs a module of ours, once there is one."""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            for child in psutil.Process(self.process.pid).children():
                if module in " ".join(child.cmdline()):
                    return child
            time.sleep(0.1)
        raise AssertionError(f"no process runs {module}")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[Served]:
    running = Served(tmp_path / "data", free_port(), free_port())
    yield running
    running.process.terminate()
    running.process.wait(PATIENCE_S)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.story
def test_one_waypost_serves_one_folder_survives_its_parts_and_leaves_nothing(
    served: Served, tmp_path: Path
) -> None:
    workspace = served.until("Workspace").split()[-1]
    collector = served.until("Collector").split()[-1]
    assert status(workspace) in {200, 303, 401}
    assert status(f"{collector}/v1/track") in {400, 401, 405}
    set_up = served.until("Set up").split()[-1]
    assert set_up.startswith(f"{workspace}/invitations/")
    assert status(set_up) == 200, "nobody has set this workspace up: the link makes its first owner"

    twice = served.again("serve")
    assert twice.returncode == 1
    assert twice.stderr.startswith("waypost: ")
    assert f"is in use by process {served.process.pid}" in twice.stderr
    assert twice.stderr.count("\n") == 1
    taken = served.again("serve", "--data", str(tmp_path / "other"))
    assert taken.returncode == 1
    assert "is in use by another program" in taken.stderr
    assert taken.stderr.count("\n") == 1

    # The collector keeps answering while the workspace is dead, and the workspace comes back.
    before = served.part("workspace_process")
    before.kill()
    assert status(f"{collector}/v1/track") in {400, 401, 405}
    served.until("Workspace")
    assert served.again("key", "create", "web").stdout.startswith("wk_")
    assert served.part("workspace_process").pid != before.pid

    parts = psutil.Process(served.process.pid).children()
    served.process.send_signal(signal.SIGINT)
    assert served.process.wait(PATIENCE_S) == 0
    assert psutil.wait_procs(parts, timeout=5)[1] == []
    assert not (tmp_path / "data" / "control.json").exists()
    assert served.again("key", "list").stdout.count("\n") == 2


def status(url: str) -> int:
    try:
        with urllib.request.urlopen(url, timeout=PATIENCE_S) as answer:  # noqa: S310 -- our own address
            return int(answer.status)
    except urllib.error.HTTPError as refused:
        return refused.code
