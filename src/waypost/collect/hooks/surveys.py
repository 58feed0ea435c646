"""What surveys have in common: scales, scores in many forms, and bodies that somebody wrote."""

from collections.abc import Iterator

from waypost.collect.hooks.saying import About, Said, account_of, number, person_of, words
from waypost.collect.pieces import id_of
from waypost.collect.readings import text_of
from waypost.collect.told import Told
from waypost.core import Kind

SCALES = ("nps", "csat", "ces")


def answer(
    said: Said, scale: str, about: About, answer_id: object, score: object, **more: object
) -> Iterator[Told]:
    """Tell an answer on a scale; nothing when it holds no number. What was said itself is kept beside."""
    value = number(score)
    if value is not None:
        name = text_of(more.pop("survey", None)) or scale
        known = {"answer_id": id_of(answer_id), "score": value, "scale": scale, "answered": score}
        yield said.tells(Kind.SURVEY, name, about=about, **known, **more)


def written(said: Said) -> Iterator[Told]:
    """Tell an answer from a body that somebody wrote: the names are those that our page asks for."""
    scale = text_of(said.at("scale")).lower()
    if scale in SCALES:
        about = About(
            person_of(said.vendor, given=said.at("person_id"), email=said.at("email")),
            account_of(said.at("account_id")),
        )
        answer_id = said.at("answer_id")
        yield from answer(
            said,
            scale,
            about,
            answer_id,
            said.at("score"),
            event_id=answer_id,
            happened_at=said.at("at"),
            comment=words(said.at("comment")),
            survey=said.at("survey"),
        )
