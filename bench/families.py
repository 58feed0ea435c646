"""What an event costs by the protocol that it comes in: at the door, and again when a round takes it out of the inbox.

Each family sends 50 events a request (one where its clients send no more), the way that its own SDKs write them, over
64 connections that stay open, in turns. What is stored as it came is read later, so only both costs together can be
compared: `door_cpu_us` and `taken_cpu_us` are those of a processor for one event.
"""

import argparse
import json
import statistics
import tempfile
import time
from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlencode

import psutil

from bench.collector import event, server
from bench.door_load import load
from bench.serving import write_key
from waypost.collect import READERS
from waypost.store import Inbox

CONNECTIONS = 64
EVENTS_IN_BATCH = 50
MOST_TAKEN = 50_000
REQUESTS = 8
STAMP = "2026-01-05T09:00:00.123Z"
STAMP_MS = 1_767_603_600_123
PROPERTIES = {"format": "csv", "rows": 1_200, "report": "Monthly revenue", "scheduled": False}


class Sent(NamedTuple):
    """A request of a family: its path, its body (None: all is in the path), how many events, and headers of its own."""

    path: str
    body: object
    n: int = EVENTS_IN_BATCH
    headers: tuple[str, ...] = ()


#: Writes a request of a family, given the key and the numbers of its events.
Writes = Callable[[str, range], Sent]


def measure(*, rounds: int = 3, seconds: float = 1.5) -> dict[str, Any]:
    """Return by family: events a second, and the processor's time for one at the door and when it is taken in."""
    found: dict[str, list[tuple[float, float, float]]] = {name: [] for name in FAMILIES}
    with tempfile.TemporaryDirectory() as name, ProcessPoolExecutor(1) as loader, ExitStack() as running:
        folder = Path(name)
        key = write_key(folder)
        inbox = Inbox(folder / "inbox.db", READERS)
        running.callback(inbox.close)
        port = running.enter_context(server("collector", folder))
        collector = _collector()
        position = 0
        for number in range(rounds + 1):
            for family, writes in FAMILIES.items():
                sent = [
                    writes(key, range(first * EVENTS_IN_BATCH, (first + 1) * EVENTS_IN_BATCH))
                    for first in range(REQUESTS)
                ]
                requests = [_request(each, key) for each in sent]
                before = _cpu_s(collector)
                come = loader.submit(load, port, requests, CONNECTIONS, seconds if number else 0.3).result()
                door_s = _cpu_s(collector) - before
                n = come.answered * sent[0].n
                position, taken_us = _taken(inbox, position)
                if number:  # the first round only warms up
                    found[family].append((come.per_s * sent[0].n, 1e6 * door_s / n, taken_us))
    return {family: _told(numbers, FAMILIES[family]) for family, numbers in found.items()}


def _told(numbers: list[tuple[float, float, float]], writes: Writes) -> dict[str, float]:
    per_s, door_us, taken_us = (statistics.median(each) for each in zip(*numbers, strict=True))
    return {
        "events_in_request": writes("", range(EVENTS_IN_BATCH)).n,
        "events_per_s": round(per_s),
        "door_cpu_us": round(door_us, 2),
        "taken_cpu_us": round(taken_us, 2),
    }


def _taken(inbox: Inbox, position: int) -> tuple[int, float]:
    """Take what waits, as a round does; return the position after it and the processor's time for an event (µs)."""
    began, n = time.process_time(), 0
    while (taken := inbox.take(position, MOST_TAKEN)).position > position:
        position, n = taken.position, n + len(taken.events)
    spent = time.process_time() - began
    inbox.forget(position)
    if not n:
        raise RuntimeError("nothing of what was sent was kept")
    return position, 1e6 * spent / n


def _collector() -> psutil.Process:
    children = psutil.Process().children()
    return next(each for each in children if "waypost.run.collector" in each.cmdline())


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _request(sent: Sent, key: str) -> bytes:
    body = b"" if sent.body is None else json.dumps(sent.body).encode()
    basic = f"authorization: Basic {b64encode(f'{key}:'.encode()).decode()}"
    head = (
        f"{'GET' if sent.body is None else 'POST'} {sent.path} HTTP/1.1",
        "host: 127.0.0.1",
        "user-agent: bench",
        f"content-length: {len(body)}",
        *(sent.headers or ("content-type: application/json", basic)),
    )
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body


def _segment(_key: str, numbers: range) -> Sent:
    return Sent("/in/segment/v1/batch", {"batch": [event(n) for n in numbers], "sentAt": STAMP})


def _segment_single(_key: str, numbers: range) -> Sent:
    return Sent("/in/segment/v1/track", event(numbers[0]), 1)


def _rudder(_key: str, numbers: range) -> Sent:
    batch = [
        {**event(n), "originalTimestamp": STAMP, "sentAt": STAMP, "channel": "server", "timestamp": None}
        for n in numbers
    ]
    return Sent("/in/rudder/v1/batch", {"batch": batch})


def _posthog(key: str, numbers: range) -> Sent:
    batch = [
        {
            "event": "report exported",
            "uuid": f"8f14e45f-ceea-467f-a9b6-{n:012d}",
            "distinct_id": f"user-{n % 40}",
            "timestamp": STAMP,
            "properties": {**PROPERTIES, "$lib": "posthog-python", "$groups": {"company": f"acct-{n % 7}"}},
        }
        for n in numbers
    ]
    return Sent("/in/posthog/batch/", {"api_key": key, "batch": batch, "sent_at": STAMP})


def _posthog_single(key: str, numbers: range) -> Sent:
    batch: Any = _posthog(key, numbers).body
    return Sent("/in/posthog/i/v0/e/", {**batch["batch"][0], "api_key": key}, 1)


def _mixpanel(key: str, numbers: range) -> Sent:
    events = [
        {
            "event": "Report Exported",
            "properties": {
                **PROPERTIES,
                "token": key,
                "distinct_id": f"user-{n % 40}",
                "time": STAMP_MS,
                "$insert_id": f"8f14e45f-ceea-467f-a9b6-{n:012d}",
                "company": f"acct-{n % 7}",
            },
        }
        for n in numbers
    ]
    return Sent("/in/mixpanel/track?verbose=1", events, headers=("content-type: application/json",))


def _amplitude(key: str, numbers: range) -> Sent:
    events = [
        {
            "event_type": "Report Exported",
            "user_id": f"user-{n % 40}",
            "time": STAMP_MS,
            "insert_id": f"8f14e45f-ceea-467f-a9b6-{n:012d}",
            "event_properties": PROPERTIES,
            "groups": {"company": f"acct-{n % 7}"},
        }
        for n in numbers
    ]
    return Sent("/in/amplitude/2/httpapi", {"api_key": key, "events": events})


def _snowplow(key: str, numbers: range) -> Sent:
    data = [
        {
            "e": "se",
            "eid": f"8f14e45f-ceea-467f-a9b6-{n:012d}",
            "uid": f"user-{n % 40}",
            "dtm": str(STAMP_MS),
            "se_ca": "Reports",
            "se_ac": "export",
            "se_va": "12.5",
            "p": "web",
            "tv": "py-1.1.0",
        }
        for n in numbers
    ]
    schema = "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4"
    return Sent(f"/in/snowplow/{key}/com.snowplowanalytics.snowplow/tp2", {"schema": schema, "data": data})


def _customerio(key: str, numbers: range) -> Sent:
    said = {"name": "Report Exported", "data": PROPERTIES, "timestamp": STAMP_MS // 1_000}
    basic = b64encode(f"site:{key}".encode()).decode()
    path = f"/in/customerio/api/v1/customers/user-{numbers[0] % 40}/events"
    return Sent(path, {**said, "id": f"01H{numbers[0]}"}, 1, (f"authorization: Basic {basic}",))


def _cloudevents(_key: str, numbers: range) -> Sent:
    events = [
        {
            "specversion": "1.0",
            "id": f"8f14e45f-{n:012d}",
            "source": "/reports",
            "type": "com.acme.report.exported",
            "subject": f"user-{n % 40}",
            "time": STAMP,
            "data": {**PROPERTIES, "user_id": f"user-{n % 40}", "account_id": f"acct-{n % 7}"},
        }
        for n in numbers
    ]
    kind = "content-type: application/cloudevents-batch+json"
    return Sent("/in/cloudevents", events, headers=(kind, f"authorization: Bearer {_key}"))


def _otlp(key: str, numbers: range) -> Sent:
    def pairs(**values: str) -> list[dict[str, Any]]:
        return [
            {"key": name.replace("__", "."), "value": {"stringValue": value}}
            for name, value in values.items()
        ]

    records = [
        {
            "timeUnixNano": f"{STAMP_MS}000000",
            "eventName": "report.exported",
            "attributes": pairs(
                user__id=f"user-{n % 40}", account__id=f"acct-{n % 7}", format="csv", nr=str(n)
            ),
        }
        for n in numbers
    ]
    body = {"resourceLogs": [{"resource": {"attributes": []}, "scopeLogs": [{"logRecords": records}]}]}
    headers = ("content-type: application/json", f"authorization: Bearer {key}")
    return Sent("/in/otlp/v1/logs", body, headers=headers)


def _kissmetrics(key: str, numbers: range) -> Sent:
    said = {
        "_k": key,
        "_n": "Report Exported",
        "_p": f"user-{numbers[0] % 40}",
        "_t": STAMP_MS // 1_000,
        "_d": 1,
        "format": "csv",
        "nr": numbers[0],
    }
    return Sent(f"/in/kissmetrics/e?{urlencode(said)}", None, 1, ("accept: */*",))


FAMILIES: dict[str, Writes] = {
    "segment": _segment,
    "segment_single": _segment_single,
    "rudder": _rudder,
    "posthog": _posthog,
    "posthog_single": _posthog_single,
    "mixpanel": _mixpanel,
    "amplitude": _amplitude,
    "snowplow": _snowplow,
    "customerio_single": _customerio,
    "cloudevents": _cloudevents,
    "otlp": _otlp,
    "kissmetrics_single": _kissmetrics,
}


def main() -> None:
    """Print the measurement as JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=float, default=1.5)
    chosen = parser.parse_args()
    print(json.dumps(measure(rounds=chosen.rounds, seconds=chosen.seconds), indent=2))


if __name__ == "__main__":
    main()
