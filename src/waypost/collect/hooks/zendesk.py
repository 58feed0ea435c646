"""Zendesk: its events of tickets and users, and what triggers send with a body that somebody wrote."""

from collections.abc import Iterator

from waypost.collect.hooks.saying import About, Hook, Said, account_of, person_of
from waypost.collect.hooks.signing import of_time_and_body
from waypost.collect.hooks.tickets import ticket, written
from waypost.collect.readings import text_of
from waypost.collect.told import Told
from waypost.core import Kind

_SIGNATURE, _SIGNED_AT = b"x-zendesk-webhook-signature", b"x-zendesk-webhook-signature-timestamp"
_INVOCATION = b"x-zendesk-webhook-invocation-id"
_OVER = ("SOLVED", "CLOSED")


def tell(said: Said) -> Iterator[Told]:
    """Tell what happened to a ticket, or who somebody is."""
    of, _, what = text_of(said.at("type")).removeprefix("zen:event-type:").partition(".")
    if of == "user":
        yield from _somebody(said)
    elif of == "ticket":
        name = _name(what, said)
        if name:
            # Its events know people by its own numbers; its events of users say who these are.
            about = About(person_of(said.vendor, own=said.at("detail", "requester_id")))
            yield ticket(
                said,
                name,
                about,
                said.at("detail", "id"),
                subject=said.at("detail", "subject"),
                priority=said.at("detail", "priority"),
                event_id=said.at("id"),
                happened_at=said.at("time"),
            )
    else:
        yield from written(said, said.header(_INVOCATION))


def _name(what: str, said: Said) -> str | None:
    before, after = said.at("event", "previous"), said.at("event", "current")
    match what:
        case "created":
            return "opened"
        case "priority_changed":
            return "priority_changed"
        case "status_changed" if after in _OVER and before not in _OVER:
            return "solved"
        case "status_changed" if before in _OVER and after not in _OVER:
            return "reopened"
        case _:
            return None


def _somebody(said: Said) -> Iterator[Told]:
    theirs = person_of(said.vendor, own=said.at("detail", "id"))
    ours = person_of(said.vendor, given=said.at("detail", "external_id"), email=said.at("detail", "email"))
    if theirs and ours:
        about = About(ours, account_of())
        at = said.at("time")
        yield said.tells(
            Kind.ALIAS, "alias", about=about, event_id=said.at("id"), happened_at=at, previousId=theirs
        )


ZENDESK = Hook(of_time_and_body(_SIGNATURE, _SIGNED_AT), tell)
