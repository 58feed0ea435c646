"""What strangers may try, by name: each against the real requests of every family."""

import gzip
import json
import tracemalloc
import zlib
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from tests.collect.door import SENT_AT, Door, track
from tests.collect.fuzz.seeds import Asked, read, requests
from tests.collect.hostile import survives, with_another_value
from tests.collect.running import running
from tests.collect.test_doorkeeper import learn
from waypost.collect import TurnedAway

MiB = 1024 * 1024
EVERYTHING = 1 << 62
HOSTILE = {
    "deep nesting": b"[" * 6_000 + b"]" * 6_000,
    "deep objects": b'{"a":' * 2_000 + b"1" + b"}" * 2_000,
    "never closed": b"[" * 8_000,
    "huge number": b"9" * 30_000,
    "no such number": b"1e999",
    "tiny number": b"-1e-99999",
    "nan": b"NaN",
    "infinity": b"-Infinity",
    "not utf-8": b'"\xff\xfe\xed\xa0\xbd"',
    "half a character": b'"\\ud83d"',
    "nul": b'"\\u0000"',
    "duplicate keys": b'{"event":1,"event":"x","userId":2,"userId":"ada","properties":1,"properties":{}}',
    "wrong type": b"[{}]",
}
MOST_PLACES = 6


@pytest.mark.parametrize("what", HOSTILE)
def test_no_family_falls_over(door: Door, what: str) -> None:
    for _, written in requests():
        asked = read(written, door.key)
        for place in range(min(MOST_PLACES, 1 + asked.body.count(b",") + asked.body.count(b":"))):
            send(door, asked._replace(body=with_another_value(asked.body, place * 7, HOSTILE[what])))
    assert {*door.refusals()} <= {why.value for why in TurnedAway}


@pytest.mark.parametrize("packing", ["gzip", "deflate", "twice"])
def test_no_family_is_blown_up_by_a_bomb(door: Door, packing: str) -> None:
    """A gigabyte of blanks is a megabyte packed; a tenth of it will do to see that it is not unpacked."""
    bomb = b'{"batch":[' + b" " * 100 * MiB
    packed = zlib.compress(bomb) if packing == "deflate" else gzip.compress(bomb)
    if packing == "twice":
        packed = gzip.compress(packed)
    tracemalloc.start()
    try:
        for _, written in requests():
            asked = read(written, door.key)
            if asked.method in ("POST", "PUT"):
                headers = {**asked.headers, "content-encoding": "deflate" if packing == "deflate" else "gzip"}
                send(door, asked._replace(body=packed, headers=headers))
        _, most = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert most < 60 * MiB
    assert door.events() == []


def test_of_a_key_that_stands_twice_the_last_counts(door: Door) -> None:
    body = json.dumps({"batch": [track()], "sentAt": SENT_AT})
    doubled = body.replace('"userId": "ada"', '"userId": "eve", "userId": "ada"')
    assert door.post("/v1/batch", doubled.encode()).status == 200
    assert [event.person_id for event in door.events()] == ["ada"]


def test_a_million_names_leave_the_memory_flat(tmp_path: Path) -> None:
    with running(tmp_path) as worker:
        process = psutil.Process(worker.process.pid)
        sizes = []
        for number, batch in enumerate(_names(1_000_000)):
            assert worker.post("/v1/batch", {"batch": batch, "sentAt": SENT_AT}) == 200
            if number % 50 == 49:
                sizes.append(process.memory_info().rss)
    assert max(sizes[1:]) < sizes[0] + 24 * MiB, sizes


def test_names_over_the_limit_of_a_source_are_not_remembered(door: Door) -> None:
    learn(door, limits={"names": 300})
    for batch in _names(20_000):
        assert door.post("/v1/batch", {"batch": batch, "sentAt": SENT_AT}).status == 200
    assert len(door.events()) == 300
    assert door.refusals() == {"too_many_names": 19_700}
    assert len(door.keeper._names["segment:web"]) == 300
    assert len(door.quarantined()) <= 500


def send(door: Door, asked: Asked) -> None:
    survives(door, asked.method, asked.path, asked.body, headers=asked.headers, query=asked.query)
    # What lies there would be read anew after each.
    door.inbox.forget(EVERYTHING)


def _names(most: int) -> Iterator[list[object]]:
    for first in range(0, most, 2_500):
        yield [
            {"type": "track", "userId": "a", "messageId": f"{n}", "timestamp": SENT_AT, "event": f"name {n}"}
            for n in range(first, first + 2_500)
        ]
