"""OpenTelemetry's family at the door: it answers as it was asked, in protobuf or in JSON."""

from collections import Counter
from typing import ClassVar

import msgspec

from waypost.collect.answers import Answer, Later
from waypost.collect.family import STATUS, Door, Family, RefusedError
from waypost.collect.gathering import Gathering
from waypost.collect.otlp import from_json, from_protobuf
from waypost.collect.otlp.events import events_of, name_of
from waypost.collect.pieces import UnreadableError
from waypost.collect.refusals import SAYS, TurnedAway
from waypost.collect.request import Request
from waypost.collect.told import keep

MOST_RECORDS = 2_500
PLAIN_LOG = "plain_log"
_PATH = "/v1/logs"
_JSON, _PROTOBUF = b"application/json", b"application/x-protobuf"
_INVALID, _UNAUTHENTICATED, _UNAVAILABLE = 3, 16, 14


class Otlp(Family):
    """Whoever exports OpenTelemetry's logs over HTTP."""

    most_bytes: ClassVar[int] = 4 * 1024 * 1024

    def takes(self, method: str, path: str) -> bool:
        """Take logs by POST."""
        return method == "POST" and path == _PATH

    def key(self, request: Request) -> str | None:
        """Return the token of bearer auth, the user of basic auth, or `key` in the address."""
        basic = request.basic[0] if request.basic else None
        return request.bearer or basic or request.query.get("key") or None

    def hear(self, request: Request, door: Door) -> Answer:
        """Judge each record for itself, and say how many were rejected."""
        gathering = door(None)
        whys: Counter[str] = Counter()
        reader = from_json if _is_json(request) else from_protobuf
        for number, record in enumerate(reader.records_in(request.body)):
            if why := _heard(record, number, gathering):
                whys[SAYS[why]] += 1
        said = "; ".join(f"{n} times: {why}" for why, n in whys.most_common(5))
        return _taken(request, whys.total(), said)

    def refused(self, request: Request, refused: RefusedError) -> Answer:
        """Say no with a status of the protocol's own: none that it tries again after."""
        status = 413 if refused.why is TurnedAway.BODY_TOO_LARGE else STATUS.get(refused.why, 400)
        code = _UNAUTHENTICATED if refused.why in STATUS else _INVALID
        return _status(request, status, code, f"{refused.why.value}: {refused.detail}")

    def later(self, request: Request, later: Later) -> Answer:
        """Say later with the status that its exporters try again after."""
        return _status(request, 503, _UNAVAILABLE, f"{later.code}: {later.message}", later.retry_after_s)


def _heard(
    record: from_json.Written | from_protobuf.Packed, number: int, gathering: Gathering
) -> TurnedAway | None:
    """Keep the event of a record, count a log that is none, or refuse it and return why."""
    if number >= MOST_RECORDS:
        gathering.refuse(TurnedAway.TOO_MANY, b"")
        return TurnedAway.TOO_MANY
    raw = record.raw
    try:
        read = record.read()
    except UnreadableError as error:
        gathering.refuse(error.why, raw, error.detail)
        return error.why
    if not name_of(read):
        gathering.noise[PLAIN_LOG] += 1
        return None
    first, *beside = events_of(read, raw)
    why = keep(first, gathering)
    if why is None:
        for each in beside:
            keep(each, gathering)
    return why


def _is_json(request: Request) -> bool:
    kind = request.headers.get(b"content-type", b"").partition(b";")[0].strip().lower()
    return kind == _JSON or (kind != _PROTOBUF and request.body[:1] == b"{")


def _taken(request: Request, rejected: int, why: str) -> Answer:
    if not _is_json(request):
        return Answer(200, from_protobuf.answer(rejected, why), content_type=_PROTOBUF)
    partial = {"partialSuccess": {"rejectedLogRecords": str(rejected), "errorMessage": why}}
    return Answer(200, msgspec.json.encode(partial if rejected else {}))


def _status(
    request: Request, status: int, code: int, message: str, retry_after_s: int | None = None
) -> Answer:
    """Return a google.rpc.Status, which needs no more than a number and a text."""
    extra = [(b"retry-after", str(retry_after_s).encode())] if retry_after_s is not None else []
    if _is_json(request):
        return Answer(status, msgspec.json.encode({"code": code, "message": message}), extra)
    text = message.encode(errors="replace")[:127]
    return Answer(status, bytes((8, code, 18, len(text))) + text, extra, content_type=_PROTOBUF)
