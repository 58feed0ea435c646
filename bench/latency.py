"""From accepted to signal: how long a customer success manager waits for the news, at 200 events a second.

A whole Waypost with the sample loaded takes 200 usage events a second. Four times a second somebody arrives who was
given access eight days ago and never came: a stray at once. The time runs from the collector's 200 until the signal can
be read, polling included. History has been learnt from before, as it is once a day.
"""

import http.client
import json
import statistics
import tempfile
import threading
import time
from base64 import b64encode
from datetime import UTC, datetime, timedelta
from pathlib import Path

import polars as pl
import psutil

from bench.serving import Serving, serving, write_key

EVENTS_PER_S = 200
STRAYS_PER_S = 4
POLL_S = 0.1
KEYS_ARE_READ_EVERY_S = 3


def measure(*, seconds: float = 30.0) -> dict[str, float]:
    """Return the waiting time (p50, p95, s), the memory of all processes (MiB), and the time to load the sample (s)."""
    with tempfile.TemporaryDirectory() as name, serving(Path(name) / "data") as here:
        key = write_key(here.folder)
        here.wait_until_learnt()
        time.sleep(KEYS_ARE_READ_EVERY_S)
        people = here.look("select person_id from people where last_seen_at is not null")[
            "person_id"
        ].to_list()
        accepted, seen = _run(here, key, people, seconds)
        waits = sorted(seen[person] - at for person, at in accepted.items() if person in seen)
        memory = sum(each.memory_full_info().pss for each in _processes(here.process)) / 2**20
        return {
            "strays_sent": len(accepted),
            "signals_seen": len(waits),
            "accepted_to_signal_p50_s": round(statistics.median(waits), 3),
            "accepted_to_signal_p95_s": round(waits[int(len(waits) * 0.95)], 3),
            "memory_of_all_processes_mib": round(memory, 1),
            "sample_loaded_in_s": round(here.loaded_in_s, 1),
        }


def _run(
    here: Serving, key: str, people: list[str], seconds: float
) -> tuple[dict[str, float], dict[str, float]]:
    accepted: dict[str, float] = {}
    seen: dict[str, float] = {}
    ended = threading.Event()
    watcher = threading.Thread(target=_watch, args=(here, seen, ended))
    watcher.start()
    door = http.client.HTTPConnection("127.0.0.1", here.collector_port)
    began = time.monotonic()
    step_s = 1 / STRAYS_PER_S
    for step in range(int(seconds * STRAYS_PER_S)):
        time.sleep(max(0.0, began + step * step_s - time.monotonic()))
        person = f"bench-{step}"
        batch = [_use(people, step * 1_000 + n) for n in range(round(EVENTS_PER_S * step_s))]
        _post(door, key, [*batch, _arrival(person, step)])
        accepted[person] = time.monotonic()
    time.sleep(5)
    ended.set()
    watcher.join()
    return accepted, seen


def _watch(here: Serving, seen: dict[str, float], ended: threading.Event) -> None:
    """Note when each signal can first be read; only what is new is looked at, so that looking costs little."""
    last = here.look("select max(arrival) as last from events").item()
    while not ended.wait(POLL_S):
        asked = f"select arrival, kind, name, person_id from events where arrival > {last}"  # noqa: S608 -- a number
        fresh = here.look(asked)
        now = time.monotonic()
        last = max([last, *fresh["arrival"].to_list()])
        strays = fresh.filter((pl.col("kind") == "signal") & (pl.col("name") == "strayed"))
        for person in strays["person_id"].to_list():
            seen.setdefault(person, now)


def _use(people: list[str], nr: int) -> dict[str, object]:
    return {
        "type": "track",
        "messageId": f"bench-use-{nr}-{time.time_ns()}",
        "userId": people[nr * 7_919 % len(people)],
        "event": "Report Exported",
        "timestamp": datetime.now(UTC).isoformat(),
    }


def _arrival(person: str, nr: int) -> dict[str, object]:
    return {
        "type": "group",
        "messageId": f"bench-group-{nr}-{time.time_ns()}",
        "userId": person,
        "groupId": f"bench-account-{nr % 20}",
        "traits": {"role": "analyst"},
        "timestamp": (datetime.now(UTC) - timedelta(days=8)).isoformat(),
    }


def _post(door: http.client.HTTPConnection, key: str, batch: list[dict[str, object]]) -> None:
    head = {
        "Content-Type": "application/json",
        "Authorization": "Basic " + b64encode(f"{key}:".encode()).decode(),
    }
    door.request("POST", "/v1/batch", json.dumps({"batch": batch}), head)
    answer = door.getresponse()
    answer.read()
    if answer.status != http.HTTPStatus.OK:
        raise RuntimeError(f"the collector answered {answer.status}")


def _processes(supervisor: int) -> list[psutil.Process]:
    top = psutil.Process(supervisor)
    return [top, *top.children(recursive=True)]


if __name__ == "__main__":
    print(json.dumps(measure()))
