"""What systems of support have in common: priorities in many words, ratings, and bodies that an administrator wrote."""

from collections.abc import Iterator

from waypost.collect.hooks.saying import About, Said, account_of, number, person_of, words
from waypost.collect.pieces import id_of
from waypost.collect.told import Told
from waypost.core import Kind

NAMES = ("opened", "priority_changed", "solved", "reopened")
RATED = "rated"
_PRIORITIES = {
    "low": ("low", "lowest", "trivial", "minor", "1"),
    "normal": ("normal", "medium", "2", "not_priority"),
    "high": ("high", "major", "3", "priority"),
    "urgent": ("urgent", "highest", "critical", "blocker", "4"),
}
_PRIORITY = {word: priority for priority, said in _PRIORITIES.items() for word in said}
_HAPPY, _UNHAPPY = 5.0, 1.0
_RATINGS = {"good": _HAPPY, "offered": None, "bad": _UNHAPPY, "unoffered": None}


def priority_of(value: object) -> str | None:
    """Return the priority that a word or a number means, None for one that is not known."""
    said = id_of(value)
    return _PRIORITY.get(said.strip().lower()) if said else None


def ticket(said: Said, name: str, about: About, ticket_id: object, **more: object) -> Told:
    """Return what happened to a ticket; `more` is its subject and priority, the id and the time of the message."""
    more["priority"] = priority_of(more.get("priority"))
    more["subject"] = words(more.get("subject"))
    return said.tells(Kind.TICKET, name, about=about, ticket_id=id_of(ticket_id), **more)


def rating(said: Said, about: About, answer_id: object, score: object, **more: object) -> list[Told]:
    """Return what somebody thinks of how a ticket went, from 1 to 5; nothing when it is no answer."""
    meant = _RATINGS.get(score.split()[0].lower()) if isinstance(score, str) and score.split() else None
    value = meant if meant is not None else number(score)
    if value is None:
        return []
    answer = {"answer_id": id_of(answer_id), "score": value, "scale": "csat", "answered": score}
    return [said.tells(Kind.SURVEY, "csat", about=about, **answer, **more)]


def written(said: Said, event_id: object = None) -> Iterator[Told]:
    """Tell what a body says that somebody wrote into a rule: the names are those that our page asks for."""
    name, at = said.at("event"), said.at("at")
    about = About(
        person_of(said.vendor, given=said.at("person_id"), email=said.at("email")),
        account_of(said.at("account_id")),
    )
    known = {"event_id": event_id or said.at("id"), "happened_at": at}
    ticket_id = said.at("ticket_id")
    if name in NAMES:
        more = {"subject": said.at("subject"), "priority": said.at("priority")}
        yield ticket(said, name, about, ticket_id, **known, **more)
    elif name == RATED:
        yield from rating(
            said, about, ticket_id, said.at("rating"), **known, comment=words(said.at("comment"))
        )
