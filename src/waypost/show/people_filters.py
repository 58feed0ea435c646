"""What an address of the list of people asks for: filters in words, as a rule that can be saved as a segment."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import msgspec

from waypost.core import DefinitionError, Document
from waypost.measure import STANDINGS, Level, Segment
from waypost.show import people, words
from waypost.show.rules import Rules
from waypost.show.segment_draft import Draft
from waypost.show.segment_kinds import Choices
from waypost.show.segment_words import ON_PATH, STRAYS
from waypost.show.visit import Visit

KEY = "these_people"
DAYS = 28
GROUPS = {"strays": STRAYS, "on_path": ON_PATH}
YES = {"1": True, "0": False}


class Chip(msgspec.Struct, frozen=True, kw_only=True):
    """One filter that is on, and the address without it."""

    label: str
    says: str
    without: str


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """The people that an address asks for: a rule over people; `free` when nothing narrows it."""

    rule: Segment
    journey: str | None
    standing: str
    milestone: str

    @property
    def free(self) -> bool:
        """Whether everybody is asked for."""
        return not self.rule.where

    @property
    def save(self) -> str:
        """Where this list is made a segment."""
        return Draft.of_segment(self.rule, new=True).address("/segments/new")


def asked_of(visit: Visit) -> Asked:
    """Return what the address asks for. What makes no sense (a standing that is none) is passed over."""
    said = dict(visit.request.query_params)
    where = [each for document in _documents(said) if (each := _sound(document)) is not None]
    match = "all"
    draft = Draft.from_pairs(visit.request.query_params.multi_items())
    if draft.parts:
        own = draft.document(visit.rules.segments)
        where, match = [*where, *(each for each in own["where"] if _sound(each))], own.get("match", "all")
    document = {"key": KEY, "name": "These people", "of": "people", "match": match, "where": where}
    try:
        rule = Segment.from_document(document, where="the address")
    except DefinitionError:
        rule = Segment(key=KEY, name="These people", of=Level.PEOPLE)
    return Asked(
        rule=rule,
        journey=said.get("journey") or None,
        standing=said.get("standing", "") if said.get("standing", "") in GROUPS else "",
        milestone=said.get("milestone", ""),
    )


def chips(visit: Visit, rules: Rules, accounts: Mapping[str, str]) -> list[Chip]:
    """Return the filters that are on, in words; `accounts` are names by id."""
    journeys = {key: each.name for key, each in rules.journeys.items()}
    segments = {each.key: each.name for each in rules.segments}
    features = {each.key: each.name for each in rules.catalogue.features}
    journey = visit.asked("journey")
    said: tuple[tuple[str, str, Callable[[str], str]], ...] = (
        ("q", "Name", lambda value: f"holds “{value}”"),
        ("segment", "Segment", lambda value: f"is {segments.get(value, value)}"),
        ("standing", "Standing", lambda value: f"is {_standing(value)}"),
        ("journey", "Journey", lambda value: f"is {journeys.get(value, value)}"),
        ("milestone", "Stands at", lambda value: rules.milestone_name(journey, value)),
        ("since", "Stands there", lambda value: f"for at most {value} days"),
        ("role", "Role", lambda value: f"is {value.replace('_', ' ')}"),
        ("account", "Account", lambda value: f"is {accounts.get(value, value)}"),
        ("champion", "Champion", lambda value: "no" if value == "0" else "yes"),
        ("seen", "Seen", lambda value: f"in the last {value} days"),
        ("unseen", "Not seen", lambda value: f"for {value} days"),
        ("due", "Milestone due", lambda value: f"within {value} days"),
        ("access", "Got access", lambda value: f"in the last {value} days"),
        ("from", "Got access", lambda value: f"from {_day(value)}"),
        ("until", "Got access", lambda value: f"before {_day(value)}"),
        ("feature", "Used", lambda value: features.get(value, value)),
        ("unused", "Did not use", lambda value: features.get(value, value)),
        ("active", "Active", lambda value: f"on at least {value} days"),
        ("tier", "Tier", lambda value: f"is {rules.tiers.name_of(value)}"),
        ("region", "Region", lambda value: f"is {value}"),
        ("owner", "Owner", lambda value: f"is {words.name_of_email(value)}"),
        ("band", "Health", lambda value: f"is {value.replace('_', ' ')}"),
    )
    found = [
        Chip(label=label, says=says(visit.asked(name)), without=visit.here(**{name: None, "page": None}))
        for name, label, says in said
        if visit.asked(name)
    ]
    if any(name.startswith("w0") for name in visit.request.query_params):
        without = {
            name: None for name in visit.request.query_params if name[:1] == "w" and name[1:2].isdigit()
        }
        found.append(Chip(label="Rule", says="of a draft", without=visit.here(**without, page=None)))
    return found


def menu(visit: Visit, rules: Rules, choices: Choices) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return the filter menu: heads, and under each the choices with their addresses."""

    def to(**changes: str | None) -> str:
        return visit.here(**changes, page=None)

    journey = rules.journeys.get(visit.asked("journey"))
    milestones = [(each.name, to(milestone=each.key)) for each in journey.milestones] if journey else []
    ready = [("Strays", "strays"), ("On the path", "on_path")]
    standings = [
        *ready,
        *((_standing(key), key) for key in ("at_risk", "returned", "not_started", "sustained")),
    ]
    found = [
        ("Standing", [(name, to(standing=key)) for name, key in standings]),
        ("Journey", [(each.name, to(journey=key, milestone=None)) for key, each in rules.journeys.items()]),
        ("Milestone", milestones),
        ("Milestone due", [("Within 7 days", to(due="7")), ("Within 14 days", to(due="14"))]),
        ("Role", [(name, to(role=key)) for key, name in choices.by_field["role"][:10]]),
        ("Champion", [("Champions", to(champion="1"))]),
        (
            "Last seen",
            [
                ("In the last 7 days", to(seen="7", unseen=None)),
                ("Not for 14 days", to(unseen="14", seen=None)),
                ("Not for 30 days", to(unseen="30", seen=None)),
            ],
        ),
        ("Segment", [(each.name, to(segment=each.key)) for each in rules.segments[:10]]),
        ("Tier", [(each.name, to(tier=each.key)) for each in rules.tiers.tiers]),
    ]
    return [(head, each) for head, each in found if each]


def _documents(said: Mapping[str, str]) -> list[Document]:
    """Return the conditions that the filters of an address mean."""

    def number(name: str, usual: int | None = None) -> int | None:
        text = said.get(name, "")
        return int(text) if text.isdigit() and len(text) < 6 else usual  # noqa: PLR2004 -- no workspace is that old

    in_days = number("in")
    unseen = number("unseen")
    found: list[dict[str, Any]] = [
        _stands(said, number("since")),
        {"words": said.get("q", "").strip() or None},
        {"segment": said.get("segment")},
        {"role": said.get("role")},
        {"account": said.get("account")},
        {"champion": YES.get(said.get("champion", ""))},
        {"seen_within_days": number("seen")},
        {"seen_within_days": unseen, "not": True} if unseen is not None else {},
        {"due_within_days": number("due")},
        {"provisioned_within_days": number("access")},
        {"provisioned_from": said.get("from"), "provisioned_until": said.get("until")},
        {"feature": said["feature"], "at_least": number("uses"), "in_days": in_days}
        if said.get("feature")
        else {},
        {"feature": said["unused"], "in_days": in_days, "not": True} if said.get("unused") else {},
        {"active_days": number("active"), "in_days": in_days or DAYS} if number("active") else {},
        *({name: said.get(name)} for name in ("tier", "region", "owner", "band")),
    ]
    return [
        {key: value for key, value in each.items() if value not in (None, "")}
        for each in found
        if any(value not in (None, "") for value in each.values())
    ]


def _stands(said: Mapping[str, str], since: int | None) -> dict[str, Any]:
    standing = said.get("standing", "")
    wanted = sorted(GROUPS[standing]) if standing in GROUPS else standing if standing in STANDINGS else None
    journey, milestone = said.get("journey") or None, said.get("milestone") or None
    if wanted is None and (since is not None or (milestone and not journey)):
        # A milestone without its journey, and since when, are said of a standing: of any.
        wanted = list(STANDINGS)
    return {"standing": wanted, "journey": journey, "milestone": milestone, "within_days": since}


def _sound(document: Document) -> Document | None:
    """Return a condition that can be read; None for one that cannot."""
    try:
        Segment.from_document(
            {"key": KEY, "name": KEY, "of": "people", "where": [document]}, where="the address"
        )
    except DefinitionError:
        return None
    return document


def _standing(key: str) -> str:
    ready = {"strays": "strays", "on_path": "on the path"}
    return ready.get(key) or people.STANDING_WORDS.get(key, key)


def _day(value: str) -> str:
    try:
        return words.day(date.fromisoformat(value))
    except ValueError:
        return value
