"""Atheris over every adapter, for a few seconds; what it has found stands here as tests of its own."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.collect.door import SENT_AT, Door, track
from tests.collect.fuzz.__main__ import TARGETS, fuzz
from tests.collect.fuzz.seeds import files, requests
from tests.collect.test_doorkeeper import learn
from waypost.collect import Format
from waypost.collect.families import FAMILIES

pytest.importorskip("atheris", reason="no wheel of atheris for this Python")

SECONDS = 4


@pytest.mark.parametrize("target", TARGETS)
def test_nothing_breaks_while_it_is_fuzzed(tmp_path: Path, target: str) -> None:
    done = fuzz(target, tmp_path, SECONDS)
    assert done.returncode == 0, done.stderr[-4_000:]
    tries = int(done.stderr.rsplit("Done ", 1)[1].split()[0])
    assert tries > 300, "so few tries prove nothing"


def test_every_family_and_format_is_fuzzed() -> None:
    assert {mount for mount, _ in requests()} == {*FAMILIES}
    assert {*files()} == {*Format}


@pytest.mark.parametrize("path", ["/v1/batch", "/in/rudder/v1/batch"])
@pytest.mark.parametrize("name", ["sentAt", "writeKey"])
def test_text_around_a_batch_that_is_not_utf_8_costs_no_event(door: Door, path: str, name: str) -> None:
    around = {"batch": [track(originalTimestamp=SENT_AT)], name: "@"}
    answered = door.post(path, json.dumps(around).encode().replace(b"@", b"\xff"))
    assert answered.status == 200
    assert len(door.events()) == 1


@pytest.mark.parametrize("number", [b"1e999", b"-1E+400", b"9" * 5_000, b"-" + b"8" * 400])
@pytest.mark.parametrize("message_id", ["m1", None])
@pytest.mark.parametrize("rules", [None, {"limits": {"properties": 2}}])
def test_a_number_that_nothing_can_count_in_is_kept_as_text(
    door: Door, number: bytes, message_id: str | None, rules: dict[str, object] | None
) -> None:
    """It stopped whoever commits: with rules on its source one such event was the last that was taken in."""
    if rules:
        learn(door, **rules)
    told: dict[str, Any] = {"a": ["@", {"b": "1e999 \\"}], "rows": 12}
    body = json.dumps({"batch": [track(properties=told, messageId=message_id)], "sentAt": SENT_AT})
    assert door.post("/v1/batch", body.encode().replace(b'"@"', number)).status == 200
    (event,) = door.events()
    assert json.loads(bytes(event.properties)) == {**told, "a": [number.decode(), told["a"][1]]}
    assert door.post("/v1/batch", {"batch": [track()]}).status == 200
