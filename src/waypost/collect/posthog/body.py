"""From a request to messages still unread: JSON, forms, base64 and lz64, alone, in a list or in a batch."""

import binascii
from base64 import urlsafe_b64decode
from datetime import datetime
from typing import NamedTuple
from urllib.parse import parse_qsl

import msgspec

from waypost.collect.clocks import iso, known, milliseconds
from waypost.collect.family import BadBodyError
from waypost.collect.pieces import elements, fields, text
from waypost.collect.posthog.lz import LzError, decompressed
from waypost.collect.request import Request
from waypost.collect.unpack import PackingError, TooLargeError, unpacked
from waypost.core import EMPTY

MOST_FORM_FIELDS = 100
_JSON = (b"{", b"[")
_TIDY = bytes.maketrans(b" +/", b"--_")


class Envelope(NamedTuple):
    """The messages of a request, and what it says of all of them: their key and the sender's clock at the sending."""

    messages: list[bytes]
    key: str | None
    sent_at: datetime | None

    @property
    def around(self) -> dict[str, str]:
        """What stands around each message and counts for it, as a batch would write it."""
        return {"sent_at": f'"{self.sent_at.isoformat()}"'} if self.sent_at else {}


class Found(NamedTuple):
    """What stands in a body: the key around all of it, how many messages, and whether it is one without a batch."""

    key: str | None
    n: int
    is_one: bool


class _Around(msgspec.Struct, gc=False):
    """A batch, or one message, still unread."""

    batch: list[msgspec.Raw] | msgspec.UnsetType = msgspec.UNSET
    api_key: msgspec.Raw = EMPTY
    token: msgspec.Raw = EMPTY


_around = msgspec.json.Decoder(_Around).decode


def found_in(body: bytes) -> Found | None:
    """Return what stands in a body that is one JSON object throughout and holds messages; else None."""
    try:
        read = _around(body)
    except (msgspec.MsgspecError, RecursionError):
        return None
    key = text(bytes(read.api_key)) or text(bytes(read.token))
    if isinstance(read.batch, msgspec.UnsetType):
        return Found(key, 1, is_one=True)
    return Found(key, len(read.batch), is_one=False) if read.batch else None


def envelope(request: Request, most: int) -> Envelope:
    """Return what a request holds. Raises BadBodyError when it cannot be read."""
    written, form = plain(request, most)
    asked_at = known(milliseconds(request.query.get("_")))
    key = form.get("api_key") or form.get("token") or None
    if written.startswith(b"["):
        return Envelope(elements(written), key, asked_at)
    around = fields(written)
    key = text(around.get("api_key")) or text(around.get("token")) or key
    said = text(around.get("sent_at"))
    sent_at = known(iso(said)) if said else asked_at
    if "batch" not in around:
        return Envelope([written], key, sent_at)
    return Envelope(elements(around["batch"]), key, sent_at)


def plain(request: Request, most: int) -> tuple[bytes, dict[str, str]]:
    """Return the JSON of a request, and the fields of the form that it came in, if it came in one."""
    body = request.body.strip()
    if body.startswith(_JSON):
        return body, {}
    form: dict[str, str] = {}
    written = body
    if b"data=" in body[:1_000]:
        try:
            form = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FORM_FIELDS))
        except ValueError:
            raise BadBodyError("the body is not a form in UTF-8") from None
        written = form.get("data", "").strip().encode(errors="replace")
    if not written.startswith(_JSON):
        packing = form.get("compression") or request.query.get("compression")
        written = _unwrapped(written, packing, most)
    if not written.startswith(_JSON):
        raise BadBodyError("the body is neither JSON nor a form with JSON in `data`")
    return written, form


def _unwrapped(written: bytes, packing: str | None, most: int) -> bytes:
    try:
        if packing == "lz64":
            return decompressed(written.decode("ascii"), most)
        # A form turns the plus signs of base64 into blanks, and old clients write either alphabet.
        tidy = written.translate(_TIDY).rstrip(b"=")
        return unpacked(urlsafe_b64decode(tidy + b"=" * (-len(tidy) % 4)), b"", most).strip()
    except (LzError, PackingError, binascii.Error, UnicodeDecodeError, ValueError) as error:
        raise BadBodyError(f"the body cannot be read ({error})") from None
    except TooLargeError:
        raise BadBodyError("the body is too long once decompressed") from None
