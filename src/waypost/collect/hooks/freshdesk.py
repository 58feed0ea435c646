"""Freshdesk: rules send what somebody chose from a list, or a body that somebody wrote; nothing is signed."""

import re
from collections.abc import Iterator

from waypost.collect.hooks.saying import About, Hook, Said, account_of, dig, person_of, words
from waypost.collect.hooks.signing import told_along
from waypost.collect.hooks.tickets import rating, ticket, written
from waypost.collect.readings import text_of
from waypost.collect.told import Told

_CHOSEN = "freshdesk_webhook"
_STATUS = re.compile(r"status:\{from:([^,{}]*),to:([^,{}]*)\}")
#: Resolved and closed, by number and by name.
_OVER = ("4", "5", "resolved", "closed")


def tell(said: Said) -> Iterator[Told]:
    """Tell what set the rule off."""
    chosen = said.at(_CHOSEN)
    if not isinstance(chosen, dict):
        yield from written(said)
        return
    event = text_of(chosen.get("triggered_event")).replace(" ", "")
    about = About(
        person_of(
            said.vendor,
            given=dig(chosen, "ticket_requester_unique_external_id"),
            email=dig(chosen, "ticket_requester_email"),
        ),
        account_of(dig(chosen, "account_id")),
    )
    ticket_id, at = chosen.get("ticket_id"), chosen.get("at")
    for name in _names(event):
        more = {"subject": chosen.get("ticket_subject"), "priority": chosen.get("ticket_priority")}
        yield ticket(said, name, about, ticket_id, happened_at=at, **more)
    if "survey_rating" in event or chosen.get("ticket_survey_rating") is not None:
        comment = words(chosen.get("ticket_survey_comment"))
        yield from rating(
            said, about, ticket_id, chosen.get("ticket_survey_rating"), happened_at=at, comment=comment
        )


def _names(event: str) -> Iterator[str]:
    if "ticket_action:created" in event:
        yield "opened"
    if "priority:{" in event:
        yield "priority_changed"
    if moved := _STATUS.search(event):
        before, after = (moved[nr].strip('"').lower() in _OVER for nr in (1, 2))
        if before != after:
            yield "solved" if after else "reopened"


FRESHDESK = Hook(told_along, tell, signed=False)
