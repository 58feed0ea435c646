"""Small worlds for laws: a few people at two accounts, and anything that may be told of them in forty days."""

import random
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from hypothesis import strategies as st

from tests.tale import CATALOGUE, FIRST, TIERS, scorecard
from waypost.core import Document, Event, Kind

LAST_DAY = 40
PEOPLE = ("ada", "ben", "cleo", "dan")
ALIASES = ("a1", "a2", "a3")
ACCOUNTS = ("acme", "beta")

ANALYSTS: Document = {
    "kind": "journey",
    "key": "analyst",
    "name": "Analyst path",
    "rank": 10,
    "audience": {"roles": ["analyst"]},
    "milestones": [
        {
            "key": "first_7",
            "name": "First 7 days",
            "by_day": 7,
            "clauses": [
                {"feature": "export", "at_least": 2, "says": "Export"},
                {"setting": "schedule", "is": "on", "says": "Set a schedule"},
            ],
        },
        {
            "key": "first_20",
            "name": "First 20 days",
            "by_day": 20,
            "clauses": [{"active_days": 2, "in_days": 7, "says": "2 days a week"}],
        },
        {
            "key": "sustained",
            "name": "Sustained",
            "rolling_days": 10,
            "clauses": [{"feature": "share", "at_least": 1, "says": "Share"}],
        },
    ],
}
EVERYBODY: Document = {
    "kind": "journey",
    "key": "everybody",
    "name": "Everybody's path",
    "milestones": [
        {
            "key": "first_5",
            "name": "First 5 days",
            "by_day": 5,
            "clauses": [{"feature": "export", "quantity_at_least": 10, "says": "Export ten rows"}],
        }
    ],
}
TEAM: Document = {
    "kind": "journey",
    "key": "team",
    "name": "A team at work",
    "of": "accounts",
    "milestones": [
        {
            "key": "first_9",
            "name": "First 9 days",
            "by_day": 9,
            "clauses": [
                {"people": 2, "says": "Two people"},
                {
                    "says": "Export or share",
                    "any_of": [
                        {"feature": "export", "at_least": 3, "says": "Export"},
                        {"feature": "share", "at_least": 1, "says": "Share"},
                    ],
                },
            ],
        },
        {
            "key": "sustained",
            "name": "Sustained",
            "rolling_days": 8,
            "clauses": [{"people": 1, "feature": "export", "says": "Somebody exports"}],
        },
    ],
}
ENTERPRISE: Document = {**EVERYBODY, "key": "enterprise", "rank": 5, "audience": {"tiers": ["enterprise"]}}
PRO: Document = {**EVERYBODY, "key": "pro", "rank": 4, "audience": {"plans": ["pro"]}}
#: What the product and its log tell alike counts once, by the product.
ONCE: Document = {
    **CATALOGUE,
    "features": [
        {**each, "once": ["product", "log"]} if each["key"] == "export" else each
        for each in CATALOGUE["features"]
    ],
}
#: Entered by what is said and left by use, for a segment of people made of one of accounts.
WATCHED: Document = {
    **ANALYSTS,
    "key": "watched",
    "rank": 3,
    "audience": {"segments": ["core"]},
    "entry": {"event": "ticket/opened"},
    "exit": {"feature": "share", "segment": "big", "after_days": 25},
}
GROWN: Document = {**TEAM, "key": "grown", "rank": 1, "entry": {"contract": True}, "exit": {"segment": "big"}}
SEGMENTS: tuple[Document, ...] = (
    {
        "kind": "segment",
        "key": "core",
        "name": "Core",
        "of": "people",
        "match": "any",
        "where": [{"champion": True}, {"role": "admin"}, {"segment": "paying"}],
    },
    {"kind": "segment", "key": "paying", "name": "Paying", "where": [{"value_at_least": 50_000}]},
    {"kind": "segment", "key": "big", "name": "Big", "where": [{"trait": "size", "is": "big"}]},
)
HEALTH = scorecard(
    {"measure": {"kind": "adoption"}, "family": "Journey"},
    {"measure": {"kind": "seat_use", "within_days": 7}, "curve": [[0.1, 0], [0.8, 1]]},
    {
        "measure": {
            "kind": "feature_trend",
            "feature": "export",
            "recent_days": 5,
            "baseline_days": 10,
            "least_events": 2,
        },
        "curve": [[0.3, 0], [1, 0.8], [1.5, 1]],
    },
    {"measure": {"kind": "breadth", "group": "core", "within_days": 6}},
    {"measure": {"kind": "setting_coverage"}},
    {"measure": {"kind": "open_tickets", "older_than_days": 2}, "curve": [[0, 1], [3, 0]]},
    {"measure": {"kind": "latest_answer", "survey": "nps", "within_days": 15}, "curve": [[3, 0], [9, 1]]},
    {"measure": {"kind": "team_changes", "half_life_days": 3}, "curve": [[-2, 0], [0, 0.9], [1, 1]]},
)
STRICT: Document = {
    **HEALTH,
    "inputs": [{**HEALTH["inputs"][0], "missing": "withhold"}, *HEALTH["inputs"][1:]],
}
RULES = (
    CATALOGUE, TIERS, ANALYSTS, EVERYBODY, ENTERPRISE, TEAM, PRO, WATCHED, GROWN, *SEGMENTS, HEALTH
)  # fmt: skip


def told(nr: int, kind: str, name: str, day: int, hour: int = 12, /, **more: Any) -> Event:  # noqa: ANN401 -- any field
    """Return one event of a world; what is no field of an event is a property."""
    moment = datetime(FIRST.year, FIRST.month, FIRST.day, hour, tzinfo=UTC) + timedelta(days=day)
    fields = {key: more.pop(key) for key in ("person_id", "account_id", "anonymous_id") if key in more}
    source = more.pop("source", "product")
    return Event(
        event_id=f"e{nr:03}", source=source, kind=Kind(kind), name=name, happened_at=moment,
        received_at=moment, properties=msgspec.Raw(msgspec.json.encode(more)), **fields,
    )  # fmt: skip


def day_of_event(event: Event) -> int:
    """Return the day of the tale on which an event happened."""
    return (event.happened_at.date() - FIRST).days


def worlds(most: int = 40, *, least: int = 1) -> st.SearchStrategy[list[Event]]:
    """Return lists of events, in the order in which they happened."""
    drawn = st.lists(st.randoms(use_true_random=False), min_size=least, max_size=most)
    return drawn.map(
        lambda draws: sorted(map(anything, range(len(draws)), draws), key=lambda e: e.happened_at)
    )


def anything(nr: int, chance: random.Random) -> Event:
    """Return any event at all."""
    day, hour = chance.randrange(LAST_DAY), chance.choice((0, 9, 12, 23))
    return chance.choice(_SAYINGS)(nr, chance, day, hour)


def _usage(nr: int, chance: random.Random, day: int, hour: int) -> Event:
    name = chance.choice(("sign_in", "export", "export", "export_run", "share"))
    return told(
        nr, "track", name, day, hour, **_somebody(chance), rows=chance.choice((1, 5, "many", None)),
        source=chance.choice(("product", "product", "log", "db")),
    )  # fmt: skip


def _setting(nr: int, chance: random.Random, day: int, hour: int) -> Event:
    return told(
        nr,
        "track",
        "set",
        day,
        hour,
        **_somebody(chance),
        setting="schedule",
        to=chance.choice(("on", "off")),
    )


def _identify(nr: int, chance: random.Random, day: int, hour: int) -> Event:
    anonymous, person = chance.choice(ALIASES), chance.choice(PEOPLE)
    ids: dict[str, Any] = {"anonymous_id": anonymous, "person_id": person}
    if chance.random() < 0.3:
        return told(nr, "identify", "update", day, hour, **ids, **_acts(chance, "plan"))
    return told(nr, "identify", "identify", day, hour, **ids, name=person.title())


def _acts(chance: random.Random, trait: str) -> dict[str, Any]:
    value = chance.choice(("big", "small"))
    return chance.choice((
        {"$set_once": {trait: value}}, {"$add": {"logins": 1}}, {"$append": {"seen": value}},
        {"$union": {"seen": [value]}}, {"$remove": {"seen": value}}, {trait: None}, {"$delete": ""},
    ))  # fmt: skip


def _alias(nr: int, chance: random.Random, day: int, hour: int) -> Event:
    before = chance.choice((*PEOPLE, *ALIASES))
    return told(nr, "alias", "alias", day, hour, person_id=chance.choice(PEOPLE), previousId=before)


def _group(nr: int, chance: random.Random, day: int, hour: int) -> Event:
    who = _somebody(chance) if chance.random() < 0.7 else {}
    if chance.random() < 0.3:
        acts = _acts(chance, "size")
        return told(
            nr, "group", "update", day, hour, **{**who, "account_id": chance.choice(ACCOUNTS)}, **acts
        )
    traits: dict[str, Any] = {"name": "Account"}
    if chance.random() < 0.4:
        traits["role"] = chance.choice(("analyst", "admin"))
    if chance.random() < 0.2:
        traits["tier"] = chance.choice(("enterprise", "self_serve"))
    if chance.random() < 0.3:
        traits["plan"] = chance.choice(("pro", "free"))
    if chance.random() < 0.3:
        traits["size"] = chance.choice(("big", "small", None))
    return told(nr, "group", "group", day, hour, **{**who, "account_id": chance.choice(ACCOUNTS)}, **traits)


def _membership(nr: int, chance: random.Random, day: int, hour: int) -> Event:
    said: dict[str, Any] = {}
    if chance.random() < 0.7:
        said["role"] = chance.choice(("analyst", "admin"))
    if chance.random() < 0.4:
        said["champion"] = chance.choice((True, False, "perhaps"))
    if chance.random() < 0.3:
        said["signs_renewal"] = chance.random() < 0.5
    if chance.random() < 0.2:
        said["provisioned_at"] = chance.choice(("2026-07-30T10:00:00Z", "2026-08-20T23:30:00+02:00", "soon"))
    name = chance.choice(("joined", "joined", "role_changed", "left"))
    return told(
        nr, "membership", name, day, hour,
        person_id=chance.choice(PEOPLE), account_id=chance.choice(ACCOUNTS), **said,
    )  # fmt: skip


def _pause(nr: int, chance: random.Random, day: int, hour: int) -> Event:
    who = {"person_id": chance.choice(PEOPLE)} if chance.random() < 0.6 else {}
    said = {"until": chance.choice(("2026-08-20", "2026-09-02", "some day"))} if chance.random() < 0.6 else {}
    name = chance.choice(("began", "began", "ended"))
    return told(nr, "pause", name, day, hour, **who, account_id=chance.choice(ACCOUNTS), **said)


def _contract(nr: int, chance: random.Random, day: int, hour: int) -> Event:
    said: dict[str, Any] = {
        "value": chance.choice((10_000, 60_000, "a lot")),
        "seats": chance.choice((0, 2, 5, "x")),
    }
    said = {key: value for key, value in said.items() if chance.random() < 0.7}
    name = chance.choice(("signed", "signed", "changed", "renewed", "ended"))
    return told(
        nr,
        "contract",
        name,
        day,
        hour,
        account_id=chance.choice(ACCOUNTS),
        contract_id=chance.choice(("c1", "c2")),
        **said,
    )


def _ticket(nr: int, chance: random.Random, day: int, hour: int) -> Event:
    name = chance.choice(("opened", "opened", "priority_changed", "solved", "reopened"))
    priority = chance.choice(("low", "high", "urgent"))
    return told(
        nr,
        "ticket",
        name,
        day,
        hour,
        **_somebody(chance),
        ticket_id=chance.choice(("t1", "t2")),
        priority=priority,
    )


def _survey(nr: int, chance: random.Random, day: int, hour: int) -> Event:
    said = {"answer_id": chance.choice(("r1", "r2"))} if chance.random() < 0.5 else {}
    return told(
        nr,
        "survey",
        "nps",
        day,
        hour,
        **_somebody(chance),
        score=chance.choice((0, 3, 6, 9, 10, "ten")),
        **said,
    )


def _foreign_signal(nr: int, chance: random.Random, day: int, hour: int) -> Event:
    return told(nr, "signal", "strayed", day, hour, **_somebody(chance))


def _learnt(nr: int, chance: random.Random, day: int, hour: int) -> Event:
    journey, milestone = chance.choice(
        (("analyst", "first_7"), ("analyst", "first_20"), ("everybody", "first_5"), ("team", "first_9"))
    )
    said = {"journey": journey, "milestone": milestone, "version": chance.choice((1, 1, 2))}
    if chance.random() < 0.4:
        return told(nr, "learnt", chance.choice(("by_odds", "by_odds", "by_rule")), day, hour, **said)
    who = {"person_id": chance.choice(PEOPLE)} if journey != "team" else {}
    name = chance.choice(("at_risk", "at_risk", "not_at_risk"))
    return told(nr, "learnt", name, day, hour, **who, account_id=chance.choice(ACCOUNTS), **said, odds=0.3)


def _somebody(chance: random.Random) -> dict[str, str]:
    """Return who did it and where, as far as the sender said."""
    who: dict[str, str] = {}
    if chance.random() < 0.7:
        who["person_id"] = chance.choice(PEOPLE)
    if "person_id" not in who or chance.random() < 0.2:
        who["anonymous_id"] = chance.choice(ALIASES)
    if chance.random() < 0.5:
        who["account_id"] = chance.choice(ACCOUNTS)
    return who


_SAYINGS: tuple[Callable[[int, random.Random, int, int], Event], ...] = (
    _usage, _usage, _usage, _usage, _setting, _identify, _alias, _group, _membership, _membership,
    _contract, _ticket, _ticket, _survey, _foreign_signal, _pause, _pause,
    _learnt, _learnt, _learnt, _learnt,
)  # fmt: skip
