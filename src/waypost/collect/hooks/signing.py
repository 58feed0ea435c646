"""How senders show that they are who they say: each rule compares what came with what the secret makes of it."""

import hmac
from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta

from waypost.collect.clocks import NO_TIME
from waypost.collect.readings import instant_of
from waypost.collect.refusals import TurnedAway
from waypost.collect.request import Request

#: Says why a request is not its sender's, None when it is. There may be several secrets, or none that can be opened.
Rule = Callable[[Request, Sequence[str]], TurnedAway | None]
TOLERANCE = timedelta(minutes=5)
OWN_HEADER = b"x-waypost-secret"


def hexed(digest: bytes) -> bytes:
    """Return a digest in hexadecimal."""
    return digest.hex().encode()


def of_body(header: bytes, algorithm: str, written: Callable[[bytes], bytes], prefix: bytes = b"") -> Rule:
    """Return the rule that a header holds an HMAC of the body."""

    def rule(request: Request, secrets: Sequence[str]) -> TurnedAway | None:
        made = (prefix + written(digest(secret, request.body, algorithm)) for secret in secrets)
        return judged(request.headers.get(header, b""), made)

    return rule


def of_time_and_body(header: bytes, time_header: bytes) -> Rule:
    """Return the rule that a header holds an HMAC-SHA256, in base64, of another header's time and the body."""

    def rule(request: Request, secrets: Sequence[str]) -> TurnedAway | None:
        stamp = request.headers.get(time_header, b"")
        made = (b64encode(digest(secret, stamp + request.body)) for secret in secrets)
        return judged(request.headers.get(header, b""), made) or stale(stamp, request.received_at)

    return rule


def told_along(request: Request, secrets: Sequence[str]) -> TurnedAway | None:
    """Judge senders that sign nothing: they send the secret along, as password, as token or in a header of its own."""
    basic = request.basic or ("", "")
    given = [*basic, request.bearer or "", request.headers.get(OWN_HEADER, b"").decode(errors="replace")]
    made = [secret.encode() for secret in secrets]
    verdicts = [judged(each.encode(errors="replace"), made) for each in given]
    return None if None in verdicts else TurnedAway.WRONG_SIGNATURE


def digest(secret: str, text: bytes, algorithm: str = "sha256") -> bytes:
    """Return the HMAC of a text."""
    return hmac.digest(secret.encode(), text, algorithm)


def judged(given: bytes, made: Iterable[bytes]) -> TurnedAway | None:
    """Compare a signature with those that would be right, in a time that says nothing of where they differ."""
    verdicts = [hmac.compare_digest(given, each) for each in made]
    return None if any(verdicts) else TurnedAway.WRONG_SIGNATURE


def stale(stamp: bytes, received_at: datetime, tolerance: timedelta = TOLERANCE) -> TurnedAway | None:
    """Refuse what was signed long before it came, or says so."""
    at = instant_of(stamp.decode(errors="replace"))
    if at is None or at is NO_TIME:
        return TurnedAway.STALE_SIGNATURE
    at = at if at.tzinfo else at.replace(tzinfo=received_at.tzinfo)
    return TurnedAway.STALE_SIGNATURE if abs(received_at - at) > tolerance else None
