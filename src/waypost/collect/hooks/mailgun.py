"""Mailgun: what became of a mail; the signature stands in the body and covers a time and a token, not the rest."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from datetime import timedelta

import msgspec

from waypost.collect.hooks.mail import became
from waypost.collect.hooks.saying import Hook, Said, dig
from waypost.collect.hooks.signing import digest, hexed, judged, stale
from waypost.collect.pieces import id_of
from waypost.collect.readings import text_of
from waypost.collect.refusals import TurnedAway
from waypost.collect.request import Request
from waypost.collect.told import Told
from waypost.core import MAIL_MARK

#: It tries for eight hours to hand a message over.
PATIENCE = timedelta(hours=12)
MOST_TOKENS = 20_000
_NAMES = {
    "delivered": "delivered",
    "opened": "opened",
    "clicked": "clicked",
    "unsubscribed": "unsubscribed",
    "complained": "complained",
    "failed": "failed",
}
#: Why it gave up on an address that will never work.
_NEVER_WORKS = ("bounce", "suppress-bounce")
_WHY = {"suppress-complaint": "complained", "suppress-unsubscribe": "unsubscribed"}


class Tokens:
    """Which event each token came with: the signature would hold for any other that is put beside it."""

    def __init__(self, most: int = MOST_TOKENS) -> None:
        """Remember at most so many, the latest."""
        self._most = most
        self._used: OrderedDict[str, str] = OrderedDict()

    def fits(self, token: str, event_id: str) -> bool:
        """Return whether a token is new, or came with this very event before."""
        before = self._used.setdefault(token, event_id)
        if len(self._used) > self._most:
            self._used.popitem(last=False)
        return before == event_id


_TOKENS = Tokens()


def signed(request: Request, secrets: Sequence[str]) -> TurnedAway | None:
    """Judge what the body says of its own signature."""
    try:
        body = msgspec.json.decode(request.body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return TurnedAway.WRONG_SIGNATURE
    stamp, token = id_of(dig(body, "signature", "timestamp")), dig(body, "signature", "token")
    given = dig(body, "signature", "signature")
    if not (stamp and isinstance(token, str) and isinstance(given, str)):
        return TurnedAway.WRONG_SIGNATURE
    text = (stamp + token).encode(errors="replace")
    made = (hexed(digest(secret, text)) for secret in secrets)
    if why := judged(given.encode(errors="replace"), made):
        return why
    if why := stale(stamp.encode(), request.received_at, PATIENCE):
        return why
    event_id = id_of(dig(body, "event-data", "id")) or ""
    return None if _TOKENS.fits(token, event_id) else TurnedAway.WRONG_SIGNATURE


def tell(said: Said) -> Iterator[Told]:
    """Tell what became of a mail; what is tried again later has come to nothing yet."""
    event = said.at("event-data")
    what, reason = text_of(dig(event, "event")), text_of(dig(event, "reason"))
    if what not in _NAMES or dig(event, "severity") == "temporary":
        return
    name = _NAMES[what]
    if name == "failed":
        name = "bounced" if reason in _NEVER_WORKS else _WHY.get(reason, name)
    message_id = dig(event, "message", "headers", "message-id")
    yield became(
        said,
        name,
        dig(event, "recipient"),
        marks=(dig(event, "user-variables", MAIL_MARK), message_id),
        event_id=dig(event, "id"),
        happened_at=dig(event, "timestamp"),
        message_id=message_id,
        reason=reason or None,
        url=dig(event, "url"),
    )


MAILGUN = Hook(signed, tell)
