"""What strangers send: any JSON, any bytes, and real bodies with a piece bent; for every family at the door."""

import json
from collections.abc import Iterable
from typing import Any

from hypothesis import strategies as some

from tests.collect.door import Answered, Door

NASTY = (
    b"NaN",
    b"-Infinity",
    b"1e999",
    b"9" * 400,
    b"9" * 5_000,
    b'"\\ud83d"',
    b'"\xff\xfe"',
    b'"\\u0000"',
    b"null",
    b"true",
    b"[]",
    b"{}",
    b'""',
    b"-1",
    b"1e300",
    b"0.1",
    b"[" * 600 + b"]" * 600,
    b"[" * 3_000 + b"]" * 3_000,
    b'{"a":1,"a":2}',
    b'"' + b"x" * 40_000 + b'"',
    b'"0000-99-99T99:99"',
    b'"9999-12-31T23:59:59Z"',
)

JSON: some.SearchStrategy[Any] = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats() | some.text(max_size=20),
    lambda inner: (
        some.lists(inner, max_size=4) | some.dictionaries(some.text(max_size=12), inner, max_size=4)
    ),
    max_leaves=12,
)


def bodies(real: Iterable[object]) -> some.SearchStrategy[bytes]:
    """Return a strategy of bodies: bytes, JSON, and real ones in which a value or a few bytes are others."""
    written = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in real]
    one = some.sampled_from(written)
    any_json = JSON.map(lambda value: json.dumps(value).encode(errors="surrogatepass"))
    return (
        some.binary(max_size=200)
        | any_json
        | some.builds(with_another_value, one, some.integers(0, 400), some.sampled_from(NASTY) | any_json)
        | some.builds(
            _with_other_bytes, one, some.integers(0, 4_000), some.binary(max_size=6), some.integers(0, 9)
        )
    )


def survives(door: Door, method: str, path: str, body: bytes, **more: Any) -> Answered:  # noqa: ANN401
    """Send it and check that the door stands: an answer of those that a protocol knows, and all or nothing stored."""
    before = len(door.events())
    answered = door.ask(method, path, pieces=[body], **more)
    assert answered.status < 500, answered
    if answered.status >= 400 and not tells_pieces(answered):
        assert len(door.events()) == before
    if answered.headers["content-type"] == "application/json":
        assert isinstance(answered.said, dict)
    for event in door.events()[before:]:
        json.loads(bytes(event.properties))
        json.loads(bytes(event.context))
    return answered


def tells_pieces(answered: Answered) -> bool:
    """Whether it is one of Amplitude's or of Mixpanel's import: 400 names what was refused, the rest is kept."""
    pieces = (b"num_records_imported", b"events_with_invalid_fields")
    return answered.status == 400 and any(each in answered.body for each in pieces)


def with_another_value(body: bytes, place: int, value: bytes) -> bytes:
    """Put a value in place of the one after some colon or comma."""
    marks = [at for at, sign in enumerate(body) if sign in b":,["]
    if not marks:
        return value
    start = marks[place % len(marks)] + 1
    end = min((at for at in marks if at > start), default=len(body))
    return body[:start] + value + body[end:]


def _with_other_bytes(body: bytes, place: int, other: bytes, gone: int) -> bytes:
    at = place % (len(body) + 1)
    return body[:at] + other + body[at + gone :]
