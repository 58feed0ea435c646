"""Jira Service Management: requests opened, of another priority, resolved, open again, and rated."""

from collections.abc import Iterator

from waypost.collect.hooks.saying import About, Hook, Said, account_of, dig, number, person_of
from waypost.collect.hooks.signing import hexed, of_body
from waypost.collect.hooks.tickets import rating, ticket
from waypost.collect.pieces import object_of
from waypost.collect.told import Told

_SIGNATURE, _DELIVERY = b"x-hub-signature", b"x-atlassian-webhook-identifier"
_OVER = ("done", "resolved", "closed", "canceled", "cancelled", "declined")


def tell(said: Said) -> Iterator[Told]:
    """Tell what happened to a request: one message may say several things."""
    names = list(dict.fromkeys(_names(said)))
    about, key, at = _about(said), said.at("issue", "key"), said.at("timestamp")
    sent = said.header(_DELIVERY) or f"{key}:{said.at('webhookEvent')}:{at}"
    fields = said.at("issue", "fields")
    for name in names:
        more = {"subject": dig(fields, "summary"), "priority": dig(fields, "priority", "name")}
        yield ticket(said, name, about, key, event_id=f"{sent}:{name}", happened_at=at, **more)
    for changed in _changes(said):
        if str(changed.get("field")).lower() == "satisfaction":
            score = number(changed.get("toString")) or _rated(fields)
            yield from rating(said, about, key, score, event_id=f"{sent}:rated", happened_at=at)


def _names(said: Said) -> Iterator[str]:
    if said.at("webhookEvent") == "jira:issue_created":
        yield "opened"
    resolved = None
    for changed in _changes(said):
        match changed.get("field"):
            case "priority":
                yield "priority_changed"
            case "resolution":
                resolved = bool(changed.get("to") or changed.get("toString"))
            case "status" if resolved is None:
                resolved = _by_status(said, changed)
    if resolved is not None:
        yield "solved" if resolved else "reopened"


def _by_status(said: Said, changed: dict[str, object]) -> bool | None:
    """Tell by the status where no resolution is set: None when it is open before and after."""
    if said.at("issue", "fields", "status", "statusCategory", "key") == "done":
        return True
    return False if str(changed.get("fromString")).lower() in _OVER else None


def _changes(said: Said) -> list[dict[str, object]]:
    items = said.at("changelog", "items")
    return [object_of(each) for each in items] if isinstance(items, list) else []


def _rated(fields: object) -> float | None:
    stars = (number(dig(each, "rating")) for each in object_of(fields).values())
    return next((each for each in stars if each is not None), None)


def _about(said: Said) -> About:
    reporter = said.at("issue", "fields", "reporter")
    person = person_of(said.vendor, email=dig(reporter, "emailAddress"), own=dig(reporter, "accountId"))
    properties = said.at("issue", "properties")
    return About(person, account_of(properties))


JIRA = Hook(of_body(_SIGNATURE, "sha256", hexed, b"sha256="), tell)
