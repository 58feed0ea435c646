"""The learning process: works out one lesson of a copied history, with low priority, and ends."""

import argparse
import ctypes
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

from waypost.core import WaypostError
from waypost.run.lesson import work_out

#: How far it steps back from everything else on the machine; 19 is the furthest.
NICENESS = 10
_PR_SET_PDEATHSIG = 1


def main(arguments: Sequence[str] | None = None) -> None:
    """Run from the command line; the workspace does so, see `run/learner.py`."""
    parser = argparse.ArgumentParser(prog="python -m waypost.run.learning_process", description=__doc__)
    parser.add_argument("--folder", type=Path, required=True, help="where history was copied to")
    parser.add_argument(
        "--parent", type=int, required=True, help="the process without which nobody asks any more"
    )
    chosen = parser.parse_args(arguments)
    _end_with(chosen.parent)
    os.nice(NICENESS)
    try:
        work_out(chosen.folder)
    except WaypostError as error:
        sys.stderr.write(f"{error}\n")
        sys.exit(1)


def _end_with(parent: int) -> None:
    """Ask the kernel to end this process with its parent, which may have ended already, or while we asked."""
    if os.getppid() == parent and sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:
        sys.exit(1)


if __name__ == "__main__":
    main()
