"""Mixpanel's answers: `1` or `0`, JSON, a picture or a script, as the request asks for."""

import re
from collections.abc import Sequence

import msgspec
from msgspec import Struct

from waypost.collect.answers import GIF, Answer
from waypost.collect.mixpanel.sent import asked
from waypost.collect.refusals import SAYS, TurnedAway
from waypost.collect.request import Request

_CALLBACK = re.compile(r"[A-Za-z_$][\w.$\[\]]{0,99}|\(function\(\)\{\}\)", re.ASCII)
_FIELDS = {
    TurnedAway.NO_ID: "properties.distinct_id",
    TurnedAway.NO_NAME: "event",
    TurnedAway.NO_PREVIOUS_ID: "properties",
    TurnedAway.IMPOSSIBLE_TIME: "properties.time",
}
_WORDS = {
    200: "OK",
    400: "Bad Request",
    401: "Unauthorized",
    403: "Forbidden",
    413: "Request Entity Too Large",
}


class Failed(Struct, frozen=True, kw_only=True):
    """A message of a batch that was refused."""

    index: int
    insert_id: str
    field: str
    message: str


def failed(index: int, insert_id: str, why: TurnedAway) -> Failed:
    """Return what /import says of a message that was refused."""
    return Failed(index=index, insert_id=insert_id, field=_FIELDS.get(why, ""), message=SAYS[why])


def yes_or_no(
    request: Request, error: str | None, *, status: int = 200, retry_after_s: int | None = None
) -> Answer:
    """Return `1` or, with an error, `0`, in the form that was asked for."""
    fields = asked(request)
    extra = [(b"x-content-type-options", b"nosniff")]
    if retry_after_s is not None:
        extra.append((b"retry-after", str(retry_after_s).encode()))
    if fields.get("img") == "1":
        return Answer(status, GIF, extra, content_type=b"image/gif")
    number = 0 if error else 1
    is_verbose = fields.get("verbose", "0") not in ("", "0")
    body = msgspec.json.encode({"status": number, "error": error}) if is_verbose else str(number).encode()
    callback = fields.get("callback", "")
    if _CALLBACK.fullmatch(callback):
        script = callback.encode() + b"(" + body + b");"
        return Answer(status, script, extra, content_type=b"text/javascript")
    kind = b"application/json" if is_verbose else b"text/plain"
    return Answer(status, body, extra, content_type=kind)


def imported(request: Request, n: int, refused: Sequence[Failed]) -> Answer:
    """Return what /import says: whoever asks for `verbose` is older, and expects `1` or a number as `status`."""
    fields = asked(request)
    if "verbose" in fields:
        return yes_or_no(request, None)
    strict = fields.get("strict", "0") not in ("", "0") and refused
    code = 400 if strict else 200
    said: dict[str, object] = {"code": code, "num_records_imported": n, "status": _WORDS[code]}
    if strict:
        said["error"] = "some data points in the request failed validation"
        said["failed_records"] = refused
    return Answer(code, msgspec.json.encode(said))


def not_imported(request: Request, error: str, *, status: int, retry_after_s: int | None = None) -> Answer:
    """Return what /import says when nothing was stored."""
    if "verbose" in asked(request):
        return yes_or_no(request, error, status=status, retry_after_s=retry_after_s)
    extra = [(b"retry-after", str(retry_after_s).encode())] if retry_after_s is not None else []
    said = {"code": status, "error": error, "status": _WORDS.get(status, "Service Unavailable")}
    return Answer(status, msgspec.json.encode(said), extra)
