"""Customer.io's reporting webhooks: what became of the messages that it sent to people."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from waypost.collect.hooks.saying import About, Hook, Said, dig, person_of, words
from waypost.collect.hooks.signing import digest, hexed, judged, stale
from waypost.collect.readings import text_of
from waypost.collect.refusals import TurnedAway
from waypost.collect.request import Request
from waypost.collect.told import Told
from waypost.core import Actor, Kind

_SIGNATURE, _TIME = b"x-cio-signature", b"x-cio-timestamp"


def signed(request: Request, secrets: Sequence[str]) -> TurnedAway | None:
    """Judge the header, an HMAC of a version, the time of sending and the body."""
    stamp = request.headers.get(_TIME, b"")
    made = [hexed(digest(secret, b"v0:" + stamp + b":" + request.body)) for secret in secrets]
    return judged(request.headers.get(_SIGNATURE, b""), made) or stale(stamp, request.received_at)


def tell(said: Said) -> Iterator[Told]:
    """Tell what became of a message: nobody used the product by it."""
    of, metric, data = words(said.at("object_type")), words(said.at("metric")), said.at("data")
    if of and metric:
        person = person_of(
            said.vendor,
            given=dig(data, "identifiers", "id") or dig(data, "customer_id"),
            email=dig(data, "identifiers", "email") or dig(data, "email_address"),
            own=dig(data, "identifiers", "cio_id"),
        )
        name = f"{of.replace('_', ' ').capitalize()} {metric}"
        told = said.tells(
            Kind.TRACK, name, about=About(person), event_id=said.at("event_id"), happened_at=said.at("timestamp"),
            delivery_id=text_of(dig(data, "delivery_id")) or None, subject=words(dig(data, "subject")),
        )  # fmt: skip
        yield replace(told, actor=Actor.SYSTEM)


CUSTOMERIO = Hook(rule=signed, tell=tell)
