"""From a request to events still unread: structured, batched, or with its attributes in the headers."""

from typing import Any
from urllib.parse import unquote_to_bytes

import msgspec

from waypost.collect.family import BadBodyError
from waypost.collect.pieces import UnreadableError, elements, message
from waypost.collect.refusals import TurnedAway
from waypost.collect.request import Request

_PREFIX = b"ce-"
_STRUCTURED = b"application/cloudevents+json"
BATCH = b"application/cloudevents-batch+json"
_any = msgspec.json.Decoder(msgspec.Raw).decode
_REQUIRED = ("id", "source", "type", "specversion")


def media_type(request: Request) -> bytes:
    """Return the content type without its parameters."""
    return request.headers.get(b"content-type", b"").partition(b";")[0].strip().lower()


def is_cloudevent(request: Request) -> bool:
    """Tell whether a request says that it holds CloudEvents."""
    return media_type(request) in (_STRUCTURED, BATCH) or b"ce-specversion" in request.headers


def sent(request: Request) -> list[bytes]:
    """Return the events of a request, each as JSON with its attributes. Raises BadBodyError when it holds none."""
    kind = media_type(request)
    if kind == BATCH:
        return elements(request.body)
    if kind == _STRUCTURED:
        return [request.body]
    if b"ce-specversion" not in request.headers:
        raise BadBodyError("the request is no CloudEvent: it has neither its content type nor its headers")
    return [_from_headers(request)]


def read(raw: bytes) -> dict[str, Any]:
    """Return the attributes and the data of an event. Raises UnreadableError when it is none."""
    said = message(raw)
    for name in _REQUIRED:
        if not isinstance(said.get(name), str) or not said[name]:
            raise UnreadableError(
                TurnedAway.MISSING_FIELD, f"the event lacks {name}, which every CloudEvent has"
            )
    return said


def _from_headers(request: Request) -> bytes:
    """Write an event in binary form as a structured one."""
    said: dict[str, Any] = {}
    for name, value in request.headers.items():
        if name.startswith(_PREFIX):
            said[name.removeprefix(_PREFIX).decode("latin-1")] = _value(value)
    kind = media_type(request)
    if kind:
        said["datacontenttype"] = kind.decode("latin-1")
    body = request.body
    if not body:
        return msgspec.json.encode(said)
    if kind == b"application/json" or kind.endswith(b"+json") or not kind:
        return msgspec.json.encode({**said, "data": msgspec.Raw(_one_value(body))})
    try:
        return msgspec.json.encode({**said, "data": body.decode()})
    except UnicodeDecodeError:
        return msgspec.json.encode({**said, "data_base64": body})


def _one_value(body: bytes) -> bytes:
    """Return a body that is one value of JSON, so that it can say nothing in place of a header."""
    try:
        return bytes(_any(body))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise BadBodyError(f"the body is not the JSON that it says it is ({error})") from None


def _value(written: bytes) -> str:
    return unquote_to_bytes(written).decode(errors="replace")
