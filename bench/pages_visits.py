"""Visits every page of one workspace, in this very process: `python -m bench.pages_visits FOLDER`."""

import argparse
import http.client
import json
import math
import os
import resource
import socket
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http import HTTPStatus
from itertools import cycle
from pathlib import Path
from typing import Any
from urllib.parse import quote

import uvicorn

from bench.pages import sign_in
from bench.pages_visited import PAGES, TARGETS_MS, Page
from bench.pages_world import EMAIL, PASSWORD, opened
from bench.scale_measured import by_statement
from waypost.run.secret import secret_of
from waypost.run.trial import Trials
from waypost.run.workspace import Workspace
from waypost.show import Desk, build
from waypost.store import Touches, positions, set_positions

SLOWEST, PLACES, MOST_S = 3, 60, 25.0
Found = dict[str, Any]


def main() -> None:
    """Visit, and print what was found as one line of JSON."""
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("folder", type=Path)
    reader.add_argument("--visits", type=int, default=10)
    reader.add_argument("--memory-mb", type=int, default=1500)
    reader.add_argument("--kept", action="store_true")
    reader.add_argument("--only", action="append", default=[])
    asked = reader.parse_args()
    workspace = opened(asked.folder, memory_mb=asked.memory_mb)
    wanted = [each for each in PAGES if not asked.only or any(each.address.startswith(o) for o in asked.only)]
    with _served(workspace) as port:
        visits = Visits(workspace, port, visits=asked.visits, keep=asked.kept)
        pages = []
        for page in wanted:
            pages.append(visits.of(page))
            # At very many accounts all of them take minutes; what was measured is told as it is measured.
            print(json.dumps(pages[-1]), file=sys.stderr, flush=True)
    load = round(os.getloadavg()[0], 1)
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    print(json.dumps({"pages": pages, "peak_memory_mb": peak_mb, "memory_mb": asked.memory_mb, "load": load}))


class Visits:
    """Visits pages as a member, of one account or person another each time."""

    def __init__(self, workspace: Workspace, port: int, *, visits: int, keep: bool) -> None:
        """Sign in, and choose whom to visit."""
        self._workspace, self._port, self._visits, self._keep = workspace, port, visits, keep
        self._cookies = sign_in(port, EMAIL, PASSWORD)
        self._names = _names(workspace)

    def of(self, page: Page) -> Found:
        """Visit a page many times; a page that is very slow, fewer times."""
        waits: list[float] = []
        with by_statement() as spent:
            first_ms, size = self._visit(page)
            spent.clock_s.clear()
            cpu, began = time.process_time(), time.perf_counter()
            while len(waits) < self._visits and (len(waits) < 2 or time.perf_counter() - began < MOST_S):
                took, size = self._visit(page)
                waits.append(took)
            cpu = 1000 * (time.process_time() - cpu) / len(waits)
        waits.sort()
        p90 = waits[math.ceil(len(waits) * 0.9) - 1]
        first = sorted(spent.clock_s.items(), key=lambda each: -each[1])[:SLOWEST]
        target = TARGETS_MS[page.kind]
        return {
            "address": page.address,
            "kind": page.kind,
            "first_ms": round(first_ms, 1),
            "p50_ms": round(statistics.median(waits), 1),
            "p90_ms": round(p90, 1),
            "cpu_ms": round(cpu, 1),
            "kb": round(size / 1024, 1),
            "statements_ms": {name: round(1000 * s / len(waits), 1) for name, s in first},
            "missed": target is not None and p90 > target,
        }

    def _visit(self, page: Page) -> tuple[float, int]:
        address = page.address
        for name, values in self._names.items():
            if f"{{{name}}}" in address:
                address = address.replace(f"{{{name}}}", next(values))
        if not self._keep:
            _move_on(self._workspace)
        door = http.client.HTTPConnection("127.0.0.1", self._port, timeout=600)
        began = time.perf_counter()
        door.request("GET", address, headers={"Cookie": self._cookies})
        answer = door.getresponse()
        body = answer.read()
        took = 1000 * (time.perf_counter() - began)
        door.close()
        # An account whose score did not move has no reasons.
        if answer.status != HTTPStatus.OK and "/reasons/" not in address:
            raise RuntimeError(f"{address} answered {answer.status}")
        return took, len(body)


def _names(workspace: Workspace) -> dict[str, Iterator[str]]:
    """Return accounts and people in an order that favours nobody, and touches that wait."""
    warehouse = workspace.warehouse
    asked = {
        "account": "select account_id from scores group by 1 order by md5(account_id) limit 60",
        "person": "select person_id from memberships group by 1 order by md5(person_id) limit 60",
    }
    found = {name: warehouse.look(sql).to_series().to_list() for name, sql in asked.items()}
    waiting = Touches(workspace.operations).open(workspace.now, most=PLACES)
    found["touch"] = [each.intervention_id for each in waiting] or ["none"]
    return {name: cycle([quote(each, safe="") for each in values]) for name, values in found.items()}


def _move_on(workspace: Workspace) -> None:
    """Let it be as if a round had ended: whatever is kept from before was said of an earlier state."""
    with workspace.warehouse.writing() as writer:
        come = positions(writer)
        set_positions(writer, stated=come["stated"] + 1)


@contextmanager
def _served(workspace: Workspace) -> Iterator[int]:
    """Serve the workspace's app as `waypost serve` does, without rounds beside it."""
    desk = Desk(
        warehouse=workspace.warehouse,
        operations=workspace.operations,
        inbox=workspace.inbox,
        zone=workspace.zone,
        now=workspace.clock.now,
        public_url=workspace.settings.workspace.url,
        collector_url=workspace.settings.collector.url,
        secret=secret_of(workspace.folder).for_purpose("unsubscribe"),
        trials=Trials(workspace),
    )
    app = build(desk)
    door = socket.socket()
    door.bind(("127.0.0.1", 0))
    server = uvicorn.Server(
        uvicorn.Config(app, loop="uvloop", http="httptools", ws="none", log_level="error", access_log=False)
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [door]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield int(door.getsockname()[1])
    finally:
        server.should_exit = True
        thread.join(10)
        workspace.close()


if __name__ == "__main__":
    main()
