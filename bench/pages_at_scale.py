"""How long the server takes for every page at very many accounts, and which statements of each are the slowest.

`python -m bench.pages_at_scale --accounts 1e5 --folder DIR` makes the workspace (`bench.pages_world`) unless it is
there, and opens it in a process of its own: the app behind a real server on a loopback port, with a member who is
signed in. Every page of `bench.pages_visited` is visited many times, of one account or person another each time. Before
each visit it is as if a round had just ended, so that nothing kept is of now (`--kept`: no round ends). `first_ms` is
the very first visit, when nothing is kept at all.
"""

import argparse
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.pages_visited import PAGES, TARGETS_MS

USUAL_ACCOUNTS, VISITS, MEMORY_MB = 2_000, 10, 1500
Found = dict[str, Any]


def measure(*, accounts: int = USUAL_ACCOUNTS) -> Found:
    """Return p50 and p90 of every page, at a size that is made within a minute or two."""
    with tempfile.TemporaryDirectory() as name:
        return _apart(Path(name) / "data", accounts, [])


def main() -> None:
    """Measure the size asked for, print it as a table, and keep it in bench/results."""
    asked = _arguments()
    passed = [
        f"--visits={asked.visits}",
        f"--memory-mb={asked.memory_mb}",
        *(["--kept"] if asked.kept else []),
    ]
    passed += [f"--only={each}" for each in asked.only]
    with tempfile.TemporaryDirectory() as name:
        found = _apart(asked.folder or Path(name) / "data", asked.accounts, passed)
    for page in found["pages"]:
        sys.stdout.write(_line(page))
    sys.stdout.write(json.dumps({key: value for key, value in found.items() if key != "pages"}) + "\n")
    results = Path(__file__).with_name("results")
    results.mkdir(exist_ok=True)
    (results / f"pages-{time.strftime('%Y-%m-%dT%H%M%S')}.json").write_text(
        json.dumps(found, indent=2) + "\n"
    )


def _arguments() -> argparse.Namespace:
    def whole(text: str) -> int:
        return int(float(text))

    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--accounts", type=whole, default=USUAL_ACCOUNTS)
    reader.add_argument(
        "--folder", type=Path, help="keep the workspace here, and visit it again if it is here"
    )
    reader.add_argument("--visits", type=whole, default=VISITS)
    reader.add_argument("--memory-mb", type=whole, default=MEMORY_MB)
    reader.add_argument(
        "--kept", action="store_true", help="leave what pages keep from one visit to the next"
    )
    reader.add_argument("--only", action="append", default=[], help="pages whose address begins like this")
    return reader.parse_args()


def _apart(folder: Path, accounts: int, passed: list[str]) -> Found:
    """Make the workspace in one process and visit it in another, whose memory is that of pages alone."""
    if not (folder / "operations.db").exists():
        subprocess.run([sys.executable, "-m", "bench.pages_world", str(folder), str(accounts)], check=True)
    command = [sys.executable, "-m", "bench.pages_visits", str(folder), *passed]
    answer = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)
    found: Found = json.loads(answer.stdout.splitlines()[-1])
    missed = [each["address"] for each in found["pages"] if each["missed"]]
    return {
        "accounts": accounts,
        "pages_visited": len(PAGES),
        "targets_ms": TARGETS_MS,
        **found,
        "missed": missed,
    }


def _line(page: Found) -> str:
    slowest = ", ".join(f"{name} {ms:.0f}" for name, ms in page["statements_ms"].items())
    mark = "!" if page["missed"] else " "
    told = (("first", "first_ms"), ("p50", "p50_ms"), ("p90", "p90_ms"), ("cpu", "cpu_ms"))
    times = " ".join(f"{name} {page[key]:7.1f}" for name, key in told)
    return f"{mark} {times}  {page['kb']:7.0f} kB  {page['address']:60} {slowest}\n"


if __name__ == "__main__":
    main()
