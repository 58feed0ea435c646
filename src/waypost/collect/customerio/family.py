"""Customer.io's family at the door: what a call is about stands in its address, percent-encoded."""

import re
from urllib.parse import unquote

import msgspec

from waypost.collect.answers import Answer, Later
from waypost.collect.customerio.told_by import by_entity, happened, identified, merged, noted, pushed
from waypost.collect.family import STATUS, Door, Family, RefusedError
from waypost.collect.gathering import Gathering
from waypost.collect.pieces import UnreadableError, elements, fields, message, object_of
from waypost.collect.refusals import SAYS, TurnedAway
from waypost.collect.request import Request
from waypost.collect.told import Told, keep
from waypost.collect.ways import request_of, wrapped
from waypost.store import Way

MOST_MESSAGES = 2_500
_CALL = re.compile(
    r"/api/v1/customers/(?P<id>[^/]+)(?P<of>|/events|/devices|/devices/(?P<device>[^/]+)|/suppress|/unsuppress)"
    r"|/api/v1(?P<free>/events|/merge_customers)|(/api/v1)?(?P<push>/push/events)|/api/v2(?P<new>/entity|/batch)"
)
_METHODS: dict[str | None, tuple[str, ...]] = {"": ("PUT", "DELETE"), "/devices": ("PUT",)}
_DONE = Answer(200, b"{}")


class CustomerIo(Family):
    """Whoever speaks Customer.io's track API."""

    def takes(self, method: str, path: str) -> bool:
        """Take what is said of people, of objects, and of what people did."""
        call = _CALL.fullmatch(path)
        if call is None:
            return False
        if call["device"]:
            return method == "DELETE"
        return method in _METHODS.get(call["of"], ("POST",))

    def key(self, request: Request) -> str | None:
        """Return the API key, which is the password of basic auth; its user is the site."""
        basic = request.basic
        return (basic[1] or basic[0] or None) if basic else None

    def ask(self, request: Request, mount: str) -> Answer | None:
        """Say that there is one region only."""
        del mount
        of_region = request.method == "GET" and request.path == "/api/v1/accounts/region"
        return (
            Answer(200, b'{"region":"us","url":"","data_center":"us","environment_id":0}')
            if of_region
            else None
        )

    def hear(self, request: Request, door: Door) -> Answer:
        """Judge the call, or each one of a batch."""
        gathering = door(None)
        if request.path == "/api/v2/batch":
            return _batch(request, gathering)
        said, why = _read(request.body or b"{}", gathering)
        why = why or _keep(_told(request, said), gathering)
        return _no(400, SAYS[why]) if why else _DONE

    def alone(self, raw: bytes, way: Way) -> Request | None:
        """Make a call again, or one of a batch."""
        return request_of(way, wrapped(raw, "batch", {}) if way.path == "/api/v2/batch" else raw)

    def refused(self, request: Request, refused: RefusedError) -> Answer:
        """Say why, where its SDKs look for it."""
        del request
        return _no(STATUS.get(refused.why, 400), refused.detail)

    def later(self, request: Request, later: Later) -> Answer:
        """Say not now."""
        del request
        return _no(503, later.message, later.retry_after_s)


def _told(request: Request, said: dict[str, object]) -> list[Told]:
    call, raw = _CALL.fullmatch(request.path), request.body
    if call is None or call["new"]:
        return by_entity(said, raw)
    if call["push"]:
        return pushed(said, raw)
    if call["free"]:
        return merged(said, raw) if call["free"] == "/merge_customers" else happened(None, said, raw)
    return _of_somebody(call, request, said)


def _of_somebody(call: re.Match[str], request: Request, said: dict[str, object]) -> list[Told]:
    person_id, of, raw = unquote(call["id"], errors="surrogateescape"), call["of"], request.body
    if of == "/events":
        return happened(person_id, said, raw)
    if request.method == "DELETE":
        token = call["device"]
        gone = {"device_deleted": unquote(token, errors="replace")} if token else {"deleted": True}
        return noted(person_id, raw, **gone)
    if of == "/devices":
        return noted(person_id, raw, device=said.get("device"))
    return noted(person_id, raw, suppressed=of == "/suppress") if of else identified(person_id, said, raw)


def _batch(request: Request, gathering: Gathering) -> Answer:
    errors = []
    for index, raw in enumerate(elements(fields(request.body).get("batch", b"null"))):
        if index >= MOST_MESSAGES:
            gathering.refuse(TurnedAway.TOO_MANY, raw)
            continue
        said, why = _read(raw, gathering)
        if why := why or _keep(by_entity(said, raw), gathering):
            errors.append({"batch_index": index, "reason": why.value, "message": SAYS[why]})
    return Answer(200, msgspec.json.encode({"errors": errors})) if errors else _DONE


def _read(raw: bytes, gathering: Gathering) -> tuple[dict[str, object], TurnedAway | None]:
    try:
        return object_of(message(raw)), None
    except UnreadableError as error:
        gathering.refuse(error.why, raw, error.detail)
        return {}, error.why


def _keep(told: list[Told], gathering: Gathering) -> TurnedAway | None:
    why = keep(told[0], gathering)
    if why is None:
        for follows in told[1:]:
            keep(follows, gathering)
    return why


def _no(status: int, error: str, retry_after_s: int | None = None) -> Answer:
    extra = [(b"retry-after", str(retry_after_s).encode())] if retry_after_s is not None else []
    return Answer(status, msgspec.json.encode({"meta": {"error": error}}), extra)
