"""Intercom: conversations and tickets, and how people rate them."""

from collections.abc import Iterator

from waypost.collect.hooks.saying import About, Hook, Said, account_of, dig, person_of, words
from waypost.collect.hooks.signing import hexed, of_body
from waypost.collect.hooks.tickets import rating, ticket
from waypost.collect.told import Told

_NAMES = {
    "conversation.user.created": "opened",
    "ticket.created": "opened",
    "conversation.priority.updated": "priority_changed",
    "conversation.admin.closed": "solved",
    "ticket.closed": "solved",
    "conversation.admin.opened": "reopened",
    "conversation.admin.unsnoozed": None,
    "ticket.state.updated": "state",
}
_RATED = ("conversation.rating.added", "conversation_rating.added")
_RESOLVED = "resolved"


def tell(said: Said) -> Iterator[Told]:
    """Tell what happened to the conversation or the ticket of a notification."""
    topic, item = said.at("topic"), said.at("data", "item")
    known = {"event_id": said.at("id"), "happened_at": said.at("created_at")}
    if isinstance(topic, str) and topic in _RATED:
        comment = words(dig(item, "conversation_rating", "remark"))
        score = dig(item, "conversation_rating", "rating")
        yield from rating(said, _about(said), dig(item, "id"), score, **known, comment=comment)
        return
    name = _NAMES.get(topic) if isinstance(topic, str) else None
    if name == "state":
        name = "solved" if _RESOLVED in (dig(item, "ticket_state"), _category(item)) else "reopened"
    if name:
        more = {"subject": _subject(item), "priority": dig(item, "priority")}
        yield ticket(said, name, _about(said), dig(item, "id"), **known, **more)


def _category(item: object) -> object:
    return dig(item, "ticket_state", "category")


def _subject(item: object) -> object:
    return (
        dig(item, "source", "subject")
        or dig(item, "ticket_attributes", "_default_title_")
        or dig(item, "title")
    )


def _about(said: Said) -> About:
    item = said.at("data", "item")
    contact = dig(item, "contacts", "contacts", 0) or dig(item, "contacts", 0) or dig(item, "user")
    author = dig(item, "source", "author")
    person = person_of(
        said.vendor,
        given=dig(contact, "external_id") or dig(contact, "user_id"),
        email=dig(contact, "email") or dig(author, "email"),
        own=dig(contact, "id") or dig(author, "id"),
    )
    return About(person, account_of(dig(item, "company", "company_id"), dig(item, "custom_attributes")))


INTERCOM = Hook(of_body(b"x-hub-signature", "sha1", hexed, b"sha1="), tell)
