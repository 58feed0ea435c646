import os
import subprocess
import sys
from pathlib import Path

import pytest

from waypost.run.holding import HeldError, holding


def test_a_folder_has_one_holder_at_a_time_and_says_who(tmp_path: Path) -> None:
    with (
        holding(tmp_path, "serve"),
        pytest.raises(HeldError, match=f"in use by process {os.getpid()}"),
        holding(tmp_path, "serve"),
    ):
        pass
    with holding(tmp_path, "serve"):
        pass


def test_roles_are_held_apart(tmp_path: Path) -> None:
    with holding(tmp_path, "serve"), holding(tmp_path, "workspace"):
        pass


def test_waiting_ends_when_the_holder_lets_go(tmp_path: Path) -> None:
    first = holding(tmp_path, "workspace")
    first.__enter__()

    def let_go(_for_s: float) -> None:
        first.__exit__(None, None, None)

    with holding(tmp_path, "workspace", within_s=5, pause=let_go):
        pass


def test_a_killed_holder_holds_nothing(tmp_path: Path) -> None:
    program = (
        "import sys, pathlib, time\nfrom waypost.run.holding import holding\n"
        "with holding(pathlib.Path(sys.argv[1]), 'serve'):\n print('held', flush=True)\n time.sleep(60)"
    )
    with subprocess.Popen([sys.executable, "-c", program, str(tmp_path)], stdout=subprocess.PIPE) as other:
        assert other.stdout
        other.stdout.readline()
        with pytest.raises(HeldError, match=f"process {other.pid}"), holding(tmp_path, "serve"):
            pass
        other.kill()
    with holding(tmp_path, "serve"):
        pass
