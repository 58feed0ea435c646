"""What a Mixpanel client sent: messages still unread, and the fields that came beside them."""

import binascii
from base64 import urlsafe_b64decode
from dataclasses import dataclass, field

from waypost.collect.bodies import form_fields, messages_in, unescaped, whole_pairs
from waypost.collect.family import BadBodyError, RefusedError
from waypost.collect.refusals import TurnedAway
from waypost.collect.request import Request

#: Undoing the signs of a form takes time in proportion; no client sends half as much in one.
MOST_FORM_BYTES = 2 * 1024 * 1024
_MOST_FIELD_BYTES = 1_000
_TO_URL_SAFE = bytes.maketrans(b"+/", b"-_")


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """The messages of a request; `alone` when it is one that was sent without an array around it."""

    messages: list[bytes] = field(default_factory=list)
    alone: bool = False


def read_sent(request: Request) -> Sent:
    """Return the messages in a body or a query: JSON, base64 of JSON, or a form with either in `data`.

    Raises BadBodyError when there is nothing that can be read, RefusedError when it is a form of more than 2 MB.
    """
    body = request.body.strip()
    if not body.startswith((b"{", b"[")):
        if len(body) > MOST_FORM_BYTES:
            raise RefusedError(
                TurnedAway.BODY_TOO_LARGE, detail="the form is over 2 MB; send JSON, or fewer events"
            )
        data = form_fields(body).get("data") or form_fields(request.query_string).get("data")
        if not data:
            raise BadBodyError(
                "there is no `data`: send JSON, or a form whose `data` is JSON or base64 of JSON"
            )
        body = _decoded(unescaped(data))
    messages = messages_in(body)
    return Sent(messages=messages, alone=len(messages) == 1 and body.startswith(b"{"))


def asked(request: Request) -> dict[str, str]:
    """Return the fields beside the messages, which say how the answer should look."""
    fields = form_fields(request.query_string)
    if not request.body.lstrip().startswith((b"{", b"[")):
        fields = {**fields, **form_fields(request.body)}
    return {
        name: unescaped(value).decode(errors="replace")
        for name, value in fields.items()
        if name != "data" and len(value) <= _MOST_FIELD_BYTES
    }


def _decoded(data: bytes) -> bytes:
    data = data.strip()
    if data.startswith((b"{", b"[")):
        return data
    # Some clients do not escape the `+` of base64, which a form takes for a blank.
    letters = data.replace(b" ", b"+").translate(_TO_URL_SAFE, b"\r\n").rstrip(b"=")
    try:
        # The browser SDK's own base64 writes a character outside the basic plane as two halves.
        return whole_pairs(urlsafe_b64decode(letters + b"=" * (-len(letters) % 4)).strip())
    except binascii.Error:
        raise BadBodyError("`data` is neither JSON nor base64") from None
