"""RudderStack's merge calls: all the ids that one names are the same person's, which is an alias call for each."""

import msgspec

from waypost.collect.family import BadBodyError
from waypost.collect.pieces import elements, fields, text

MOST_PROPERTIES = 20
_OF_A_PERSON = ("user_id", "userid")
_NONE = (None, b"null", b'""')

Members = dict[str, bytes]


def aliases_of(said: Members) -> list[Members]:
    """Return the alias messages that a merge message is, by its members as written.

    One that names nobody, or nothing to merge, is one alias message that lacks it, to be refused by that name.
    """
    named = _named(said.get("mergeProperties", b"null"))
    person = said.get("userId")
    if person in _NONE:
        person = next((value for of, value in named if of in _OF_A_PERSON), b"null")
    former = list(dict.fromkeys([value for _, value in named] + [said.get("anonymousId", b"null")]))
    others = [value for value in former if value not in _NONE and value != person]
    if person in _NONE:
        del others[1:]
    message_id = text(said.get("messageId"))
    return [
        {
            **said,
            "type": b'"alias"',
            "userId": person,
            "previousId": value,
            "anonymousId": b"null",
            # One message is several here, and an id is that of one event.
            **({"messageId": msgspec.json.encode(f"{message_id}-{nr}")} if message_id and nr else {}),
        }
        for nr, value in enumerate(others or [b"null"])
    ]


def _named(written: bytes) -> list[tuple[str, bytes]]:
    """Return the type and the value of each property to merge by."""
    try:
        several = [written] if written.startswith(b"{") else elements(written)
        properties = [fields(each) for each in several[:MOST_PROPERTIES]]
    except BadBodyError:
        return []
    return [((text(each.get("type")) or "").lower(), each.get("value", b"null")) for each in properties]
