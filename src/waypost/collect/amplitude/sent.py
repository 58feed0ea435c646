"""From a request to messages still unread: the JSON of today's interface, and the forms of the older ones."""

from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qsl, urlencode

from waypost.collect.clocks import iso, known, milliseconds
from waypost.collect.family import BadBodyError
from waypost.collect.pieces import elements, fields, text
from waypost.collect.request import Request
from waypost.collect.ways import posted, wrapped
from waypost.store import Way

MOST_FORM_FIELDS = 100
#: The field of the form that holds the messages, by the address.
FORMS = {"/httpapi": "event", "/identify": "identification", "/groupidentify": "identification"}
_CLOCK = "client_upload_time"
_EVENT_TYPES = {"/identify": "$identify", "/groupidentify": "$groupidentify"}


class Sent(NamedTuple):
    """The messages of a request, their key, the sender's clock at the sending, and the event type of the address."""

    messages: list[bytes]
    key: str | None
    sent_at: datetime | None
    event_type: str | None = None

    @property
    def around(self) -> dict[str, str]:
        """What stands around each message and counts for it: the sender's clock."""
        return {_CLOCK: f'"{self.sent_at.isoformat()}"'} if self.sent_at else {}

    def complete(self, said: dict[str, Any]) -> dict[str, Any]:
        """Return a message in today's form: the older addresses leave out what they are for."""
        if not self.event_type:
            return said
        complete = {**said, "event_type": self.event_type}
        if "group_type" in said:
            complete["groups"] = {str(complete.pop("group_type")): complete.pop("group_value", None)}
        return complete


def sent(request: Request) -> Sent:
    """Return what a request holds. Raises BadBodyError when it cannot be read."""
    body = request.body.strip()
    if request.path in FORMS and not body.startswith(b"{"):
        return _form(body or request.query_string, request.path)
    around = fields(body)
    key = text(around.get("api_key"))
    if "events" not in around:
        raise BadBodyError("the body has no events")
    stamp = text(around.get(_CLOCK))
    return Sent(_several(around["events"]), key, known(iso(stamp)))


def alone(raw: bytes, way: Way) -> Request:
    """Return a request with one of the messages that came this way."""
    if way.path not in FORMS:
        return posted("/2/httpapi", wrapped(raw, "events", way.around))
    form: dict[str, Any] = {FORMS[way.path]: raw}
    if stamp := known(iso(way.around.get(_CLOCK, "").strip('"'))):
        form["upload_time"] = int(stamp.timestamp() * 1_000)
    return posted(way.path, urlencode(form).encode())


def _form(body: bytes, path: str) -> Sent:
    try:
        form = dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=MOST_FORM_FIELDS))
    except ValueError:
        raise BadBodyError("the body is not a form in UTF-8") from None
    name = FORMS[path]
    if name not in form:
        raise BadBodyError(f"the form has no {name}")
    said = form[name].strip().encode(errors="replace")
    stamp = known(milliseconds(form.get("upload_time")))
    return Sent(_several(said), form.get("api_key") or None, stamp, _EVENT_TYPES.get(path))


def _several(written: bytes) -> list[bytes]:
    return [written] if written.startswith(b"{") else elements(written)
