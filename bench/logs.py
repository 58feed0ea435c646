"""A server's log taken in, against GoAccess on the same file and against DuckDB that merely reads its lines.

`python -m bench.logs --lines 1e6 --times 3` writes an access log in the combined format and, alternating, has each of
them read it. `imported` is until every event is on disk in the inbox: parsed, filtered, attributed and stored; `stored`
until they are among the events as well. Each runs in a process of its own, whose time, processor time and most memory
count. GoAccess is Debian's package; root has it installed here (apt-get), anybody else is told so.
"""

import argparse
import json
import os
import random
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

MiB = 1024 * 1024
SINCE = datetime(2026, 11, 1, tzinfo=UTC)
PEOPLE, ACCOUNTS = 5_000, 200
AGENTS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0.0.0 Safari/537.36",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605",
    "Mozilla/5.0 (X11; Linux x86_64; rv:132.0) Gecko/20100101 Firefox/132.0",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "kube-probe/1.31",
)
AGENT_WEIGHTS = (50, 25, 15, 6, 4)
LINES_AT_ONCE = 10_000
_INSTALL = ("apt-get", "install", "-y", "-qq", "goaccess")


def measure(*, lines: int = 300_000, times: int = 3) -> dict[str, Any]:
    """Return lines a second of each by wall clock, how often GoAccess's that is, and the most memory of each, in MB."""
    readers: dict[str, Callable[[Path], list[str]]] = {
        "imported": lambda file: _ours(file, "--import"),
        "stored": lambda file: _ours(file, "--store"),
        "duckdb": lambda file: _ours(file, "--duckdb"),
    }
    if _has_goaccess():
        readers["goaccess"] = _goaccess
    took: dict[str, list[float]] = {name: [] for name in readers}
    cpu: dict[str, list[float]] = {name: [] for name in readers}
    most_mb: dict[str, float] = dict.fromkeys(readers, 0.0)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "access.log"
        write_log(file, lines)
        for _ in range(times):
            for name, command in readers.items():
                seconds, processor, memory = _run(command(file))
                took[name].append(seconds)
                cpu[name].append(processor)
                most_mb[name] = max(most_mb[name], memory)
        size_mb = file.stat().st_size / MiB
    found: dict[str, Any] = {"lines": lines, "file_mb": round(size_mb), "times": times}
    for name in readers:
        found[f"{name}_lines_per_s"] = round(lines / statistics.median(took[name]))
        found[f"{name}_cpu_us_per_line"] = round(1e6 * statistics.median(cpu[name]) / lines, 2)
        found[f"{name}_memory_mb"] = round(most_mb[name])
    if "goaccess" in readers:
        for name in ("imported", "stored"):
            shares = [theirs / ours for theirs, ours in zip(took["goaccess"], took[name], strict=True)]
            found[f"{name}_to_goaccess"] = round(statistics.median(shares), 2)
    return found


def write_log(file: Path, lines: int) -> None:
    """Write an access log of people, bots, health checks and static files, as one second after another brings them."""
    with file.open("w") as writing:
        for piece in _pieces(lines, random.Random(5)):  # noqa: S311 -- the same log every time
            writing.write(piece)


def _pieces(lines: int, chance: random.Random) -> Iterator[str]:
    written = 0
    while written < lines:
        n = min(LINES_AT_ONCE, lines - written)
        agents = chance.choices(AGENTS, AGENT_WEIGHTS, k=n)
        yield "".join(_line(written + nr, agent, chance) for nr, agent in enumerate(agents))
        written += n


def _line(nr: int, agent: str, chance: random.Random) -> str:
    at = (SINCE + timedelta(seconds=nr // 20)).strftime("%d/%b/%Y:%H:%M:%S +0000")
    one = chance.randrange(PEOPLE)
    who = f"u{one}" if agent in AGENTS[:3] and one % 10 else "-"
    kind = chance.random()
    if agent == AGENTS[-1]:
        asked, status = "GET /healthz", 200
    elif kind < 0.25:
        asked, status = f"GET /static/app.{nr % 7}.js", 200
    elif kind < 0.9:
        asked, status = (
            f"GET /orgs/{one % ACCOUNTS}/reports/{nr * 7919 % 20_000}",
            200 if kind < 0.85 else 404,
        )
    else:
        asked, status = f"POST /orgs/{one % ACCOUNTS}/reports/{nr * 7919 % 20_000}/export?format=pdf", 201
    address = f"10.{one >> 8}.{one & 255}.7"
    return f'{address} - {who} [{at}] "{asked} HTTP/1.1" {status} {nr % 9000} "https://app.example/home" "{agent}"\n'


def _has_goaccess() -> bool:
    if shutil.which("goaccess"):
        return True
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(_INSTALL, check=False, stdout=subprocess.DEVNULL)
    if not shutil.which("goaccess"):
        print("goaccess is not here, and only root can install it: apt-get install goaccess", file=sys.stderr)
    return shutil.which("goaccess") is not None


def _goaccess(file: Path) -> list[str]:
    told = str(file.with_name("goaccess.json"))
    return ["goaccess", str(file), "--log-format=COMBINED", "--no-progress", "--no-global-config", "-o", told]


def _ours(file: Path, what: str) -> list[str]:
    return [sys.executable, "-m", "bench.logs", what, str(file)]


def _run(command: list[str]) -> tuple[float, float, float]:
    """Return seconds, processor's seconds and most memory (MB) of a command."""
    began = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{command[0]} failed with {os.waitstatus_to_exitcode(status)}")
    return time.perf_counter() - began, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def import_log(file: Path, *, store: bool) -> dict[str, Any]:
    """Take a log in, in a folder of its own; with `store` from the inbox into the events, too."""
    from waypost.collect import FileFormat, Format, LogRules, import_file  # noqa: PLC0415 -- what only this process needs
    from waypost.run.taking import take_in  # noqa: PLC0415 -- as above
    from waypost.store import Inbox, Warehouse  # noqa: PLC0415 -- as above

    place = {"from": "path.org", "template": "/orgs/:org/*"}
    import msgspec  # noqa: PLC0415 -- as above

    rules = msgspec.convert({"account": [place]}, LogRules)
    written = FileFormat(Format.APACHE_COMBINED, means=rules)
    with tempfile.TemporaryDirectory() as folder:
        inbox = Inbox(Path(folder) / "inbox.db")
        report = import_file(file, source="web", file_format=written, inbox=inbox, now=datetime.now(UTC))
        if store:
            warehouse = Warehouse(Path(folder) / "warehouse.duckdb")
            while take_in(inbox, warehouse, zone="UTC")[0]:
                pass
            warehouse.close()
        inbox.close()
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return {
        "lines": report.lines,
        "events": report.events,
        "noise": sum(report.noise.values()),
        "memory_mb": round(most),
    }


def read_lines(file: Path) -> int:
    """Have DuckDB read the lines, and return how many characters there are."""
    import duckdb  # noqa: PLC0415 -- what only this process needs

    lines = duckdb.read_csv(
        str(file), columns={"line": "varchar"}, delimiter="\x01", quotechar="", header=False
    )
    answer = lines.aggregate("sum(length(line))").fetchone()
    return int(answer[0]) if answer else 0


def main() -> None:
    """Print the measurement as JSON; or be one of the processes that are measured."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=lambda text: int(float(text)), default=300_000)
    parser.add_argument("--times", type=int, default=3)
    parser.add_argument("--write", type=Path, help="only write the log")
    for each in ("--import", "--store", "--duckdb"):
        parser.add_argument(each, type=Path, help=argparse.SUPPRESS)
    asked = vars(parser.parse_args())
    if asked["write"]:
        write_log(asked["write"], asked["lines"])
    elif asked["import"] or asked["store"]:
        print(json.dumps(import_log(asked["import"] or asked["store"], store=bool(asked["store"]))))
    elif asked["duckdb"]:
        print(read_lines(asked["duckdb"]))
    else:
        print(json.dumps(measure(lines=asked["lines"], times=asked["times"])))


if __name__ == "__main__":
    main()
