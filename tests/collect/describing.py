"""Writes `docs/reference/collector.yaml`, which describes the collector: `python -m tests.collect.describing`.

A test compares the file with what this writes, and the addresses with those that the families take.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from tests.collect.described_calls import ANY, Call, Schema, an_object, calls

FILE = Path(__file__).parents[2] / "docs" / "reference" / "collector.yaml"
KEY = "YOUR_WRITE_KEY"

_WORDS = {
    200: "On disk, or known to be of no use",
    400: "Refused: nothing of it is stored, unless the protocol tells of each event",
    401: "No key, or none that is known",
    403: "The page that sent it is not one of the source's",
    404: "There is nothing at this address",
    413: "Too large: send fewer at once",
    415: "Not what is taken here",
    429: "Not now: send it again",
    503: "Not now: send it again",
}


def described(key: str = KEY) -> dict[str, Any]:
    """Return the description; with a key of a door, one whose examples it lets in."""
    paths: dict[str, dict[str, Any]] = {}
    answers: dict[str, Schema] = {}
    for call in calls(key):
        paths.setdefault(call.path, {})[call.method.lower()] = _operation(call, answers)
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "Waypost's collector",
            "version": "0.1.0",
            "description": (
                "What takes in events, by protocol; each family has a page of its own beside this file. Nothing that "
                "a write key opens can be read. All of it is taken below `/in/FAMILY`, most of it at the root too. "
                "Bodies may be gzip; what stands in them beyond what is described here is kept."
            ),
        },
        "servers": [{"url": "http://127.0.0.1:8090"}],
        "security": [{"user": []}, {"token": []}, {}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "user": {
                    "type": "http",
                    "scheme": "basic",
                    "description": "The write key is the user's name",
                },
                "token": {"type": "http", "scheme": "bearer"},
            },
            "schemas": _schemas(),
            "responses": answers,
        },
    }


def written() -> str:
    """Return the file."""
    head = "# Written by tests/collect/describing.py; do not edit.\n"
    body = yaml.dump(
        described(), Dumper=_Plain, sort_keys=False, default_flow_style=None, allow_unicode=True, width=110
    )
    return head + body


def _operation(call: Call, answers: dict[str, Schema]) -> dict[str, Any]:
    """Return an operation; its answers are gathered by name, since most calls share them."""
    of = call.path.split("/")[2] if "/in/" in call.path else "all"
    found: dict[str, Any] = {"summary": call.summary, "tags": [of]}
    parameters = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "minLength": 1, "maxLength": 200},
        }
        for name in re.findall(r"\{(\w+)\}", call.path)
    ] + [{"name": name, "in": "query", "schema": schema} for name, schema in (call.query or {}).items()]
    if parameters:
        found["parameters"] = parameters
    if call.bodies:
        found["requestBody"] = {"content": {kind: {"schema": schema} for kind, schema in call.bodies.items()}}
    found["responses"] = {
        str(status): {"$ref": f"#/components/responses/{_name_of(status, kinds, answers)}"}
        for status, kinds in sorted(call.answers.items())
    }
    return found


def _name_of(status: int, kinds: dict[str, Schema], answers: dict[str, Schema]) -> str:
    content = {kind: {"schema": schema} for kind, schema in kinds.items()}
    meant = {"description": _WORDS[status], "content": content}
    names = (f"Status{status}{letter}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ")
    return next(name for name in names if answers.setdefault(name, meant) == meant)


def _schemas() -> dict[str, Schema]:
    text = {"type": "string"}
    ids: Iterable[str] = ("messageId", "userId", "anonymousId", "groupId", "previousId", "event", "name")
    kinds = ["track", "page", "screen", "identify", "group", "alias"]
    message = an_object(
        type={"type": "string", "enum": kinds},
        **{name: {**text, "minLength": 1} for name in ids},
        timestamp={"type": "string", "format": "date-time"},
        properties=ANY,
        traits=ANY,
        context=ANY,
    )
    refused = an_object(success={"type": "boolean", "enum": [False]}, code=text, message=text)
    return {
        "Refused": {**refused, "required": ["success", "code", "message"]},
        "SegmentMessage": {**message, "required": ["userId"]},
    }


class _Plain(yaml.SafeDumper):
    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002 -- yaml's own
        return True


if __name__ == "__main__":
    FILE.write_text(written())
