"""What services that send mail have in common: what became of a message, to whom it went, and whether it is ours.

What they tell is never named `sent`: only Waypost itself says that it wrote to somebody.
"""

import re

from waypost.collect.hooks.saying import About, Said, person_of, words
from waypost.collect.pieces import id_of
from waypost.collect.told import Told
from waypost.core import MAIL_MARK, Kind

#: What these events say of their channel: the ways out of Waypost itself have other keys.
CHANNEL = "mail"
_OURS = re.compile(r"<?([0-9a-f]{32})(@[^<>\s]*)?>?")


def became(
    said: Said,
    name: str,
    address: object,
    *,
    marks: tuple[object, ...] = (),
    event_id: object = None,
    happened_at: object = None,
    **more: object,
) -> Told:
    """Return what became of a message: delivered, opened, clicked, bounced, complained, unsubscribed or failed.

    `marks` are the places where the mark of a mail of ours may stand, or its Message-ID. `bounced` is said of
    addresses that will never work, `failed` of messages that did not arrive for any other reason.
    """
    return said.tells(
        Kind.DELIVERY,
        name,
        about=About(person_of(said.vendor, email=address)),
        event_id=event_id,
        happened_at=happened_at,
        channel=CHANNEL,
        address=words(address),
        **{MAIL_MARK: next(filter(None, map(_mark, marks)), None)},
        **{key: words(value) or id_of(value) for key, value in more.items()},
    )


def _mark(value: object) -> str | None:
    found = _OURS.fullmatch(value.strip()) if isinstance(value, str) else None
    return found[1] if found else None
