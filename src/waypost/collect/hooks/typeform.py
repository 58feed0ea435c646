"""Typeform: each field that asks for a score is an answer; hidden fields say who gave it."""

from base64 import b64encode
from collections.abc import Iterator

from waypost.collect.hooks.saying import About, Hook, Said, account_of, dig, person_of, words
from waypost.collect.hooks.signing import of_body
from waypost.collect.hooks.surveys import SCALES, answer
from waypost.collect.readings import text_of
from waypost.collect.told import Told

#: What a type of field asks when its `ref` does not say: an opinion scale may ask anything.
_BY_TYPE = {"nps": "nps", "rating": "csat"}


def tell(said: Said) -> Iterator[Told]:
    """Tell the scores of a response."""
    response = said.at("form_response")
    answers, hidden = dig(response, "answers"), dig(response, "hidden")
    given = answers if isinstance(answers, list) else []
    texts = (words(dig(each, "text")) for each in given)
    comment = next((each for each in texts if each), None)
    emails = (dig(each, "email") for each in given)
    about = About(
        person_of(
            said.vendor,
            given=dig(hidden, "user_id") or dig(hidden, "person_id"),
            email=dig(hidden, "email") or next((each for each in emails if each), None),
        ),
        account_of(hidden),
    )
    token = dig(response, "token")
    for each in given:
        ref = text_of(dig(each, "field", "ref"))
        scale = _scale(ref, text_of(dig(each, "field", "type")))
        if dig(each, "type") == "number" and scale:
            field = ref or dig(each, "field", "id")
            yield from answer(
                said,
                scale,
                about,
                f"{token}:{field}",
                dig(each, "number"),
                event_id=f"{said.at('event_id')}:{field}",
                happened_at=dig(response, "submitted_at"),
                comment=comment,
            )


def _scale(ref: str, kind: str) -> str | None:
    return next((scale for scale in SCALES if scale in ref.lower()), None) or _BY_TYPE.get(kind)


TYPEFORM = Hook(of_body(b"typeform-signature", "sha256", b64encode, b"sha256="), tell)
