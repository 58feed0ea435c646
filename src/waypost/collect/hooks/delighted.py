"""Delighted: answers to its surveys, and what people say anew."""

from collections.abc import Iterator

from waypost.collect.hooks.saying import About, Hook, Said, account_of, dig, person_of, words
from waypost.collect.hooks.signing import hexed, of_body
from waypost.collect.hooks.surveys import SCALES, answer
from waypost.collect.readings import text_of
from waypost.collect.told import Told


def tell(said: Said) -> Iterator[Told]:
    """Tell an answer; a later word on the same takes its place."""
    given = said.at("event_data")
    scale = text_of(dig(given, "survey_type")).lower() or "nps"
    if text_of(said.at("event_type")).startswith("survey_response.") and scale in SCALES:
        more, person = dig(given, "person_properties"), dig(given, "person")
        about = About(
            person_of(
                said.vendor, given=dig(more, "user_id"), email=dig(person, "email"), own=dig(person, "id")
            ),
            account_of(more),
        )
        yield from answer(
            said,
            scale,
            about,
            dig(given, "id"),
            dig(given, "score"),
            event_id=said.at("event_id"),
            happened_at=dig(given, "updated_at") or dig(given, "created_at"),
            comment=words(dig(given, "comment")),
        )


DELIGHTED = Hook(of_body(b"x-delighted-webhook-signature", "sha256", hexed, b"sha256="), tell)
