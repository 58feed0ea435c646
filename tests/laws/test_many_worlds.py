"""Standings of hundreds of small worlds in one round, against a slow and obvious reckoning of each."""

import random
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from tests.laws.journey_oracle import Path, World
from tests.laws.profile import THOROUGH
from tests.tale import FIRST, Tale
from waypost.core import Document, Event, Kind
from waypost.run.erasing import erase_person

DAYS = 48
#: Chile puts its clocks forward on 6 September, at midnight: that day begins at one.
ZONE = "America/Santiago"
WORLDS = 1_500 if THOROUGH else 150
#: "old" is a former id of Ada's, in the worlds in which somebody says so.
PEOPLE, ACCOUNTS = ("ada", "ben", "old"), ("acme", "beta")
#: Of these many worlds somebody is erased afterwards.
ERASED = 2
Stands = dict[int, tuple[str, str, str]]

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
                {"says": "Export", "feature": "export", "at_least": 2},
                {
                    "says": "Make it last",
                    "any_of": [
                        {"says": "Set a schedule", "setting": "schedule", "is": "on"},
                        {
                            "says": "Both",
                            "all_of": [
                                {"says": "Share", "feature": "share", "at_least": 1},
                                {"says": "Two days", "active_days": 2, "in_days": 5},
                            ],
                        },
                    ],
                },
                {"says": "Many rows", "feature": "export", "quantity_at_least": 99, "optional": True},
            ],
        },
        {
            "key": "first_20",
            "name": "First 20 days",
            "by_day": 20,
            "clauses": [{"says": "Ten rows", "feature": "export", "quantity_at_least": 10}],
        },
        {
            "key": "sustained",
            "name": "Sustained",
            "rolling_days": 10,
            "clauses": [{"says": "Share", "feature": "share", "at_least": 1}],
        },
    ],
}
#: In force from a day on; whoever is underway then is judged by it since their day 0.
STRICTER: Document = {
    **ANALYSTS,
    "milestones": [
        {**ANALYSTS["milestones"][0], "clauses": [{"says": "Export", "feature": "export", "at_least": 3}]},
        *ANALYSTS["milestones"][1:],
    ],
}
STRICTER_ON = 20
EVERYBODY: Document = {
    "kind": "journey",
    "key": "everybody",
    "name": "Everybody's path",
    "milestones": [
        {
            "key": "first_5",
            "name": "First 5 days",
            "by_day": 5,
            "clauses": [{"says": "Set it", "setting": "schedule", "is": "on"}],
        },
    ],
}
#: Of accounts on one plan alone, entered by use and left on an event or in time.
SHARERS: Document = {
    **EVERYBODY,
    "key": "sharers",
    "name": "Sharers",
    "rank": 5,
    "audience": {"plans": ["pro"]},
    "entry": {"feature": "share"},
    "exit": {"event": "ticket/solved", "after_days": 22},
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
                {"says": "Two people", "people": 2},
                {"says": "Export thrice", "feature": "export", "at_least": 3},
            ],
        },
        {
            "key": "sustained",
            "name": "Sustained",
            "rolling_days": 8,
            "clauses": [{"says": "Two export", "people": 2, "feature": "export"}],
        },
    ],
}


@pytest.mark.parametrize("seed", [1, 2])
def test_standings_of_people_and_accounts_are_as_worked_out_by_hand(seed: int) -> None:
    chance = random.Random(seed)
    worlds = [list(_world(nr, chance)) for nr in range(WORLDS)]
    tale = Tale("acme", ANALYSTS, EVERYBODY, SHARERS, TEAM, zone=ZONE)
    tale.on_day(STRICTER_ON).publishes(STRICTER).on_day(DAYS)
    said = [_judges(nr, chance) for nr in range(6)]
    told = [*said, *(event for world in worlds for event in world)]
    chance.shuffle(told)
    # Some come late and out of order, in rounds of their own, and some twice.
    third = len(told) // 3
    tale.told(*told[:third]).round()
    tale.told(*told[third:], *told[: third // 2]).round()
    stood = _stood(tale)
    for nr, events in enumerate(worlds):
        _agree(stood, [*said, *events], nr)
    erased = [f"ada{nr}" for nr in range(ERASED) if any(each.person_id == f"ada{nr}" for each in worlds[nr])]
    for person in erased:
        erase_person(tale.workspace, person)
    stood = _stood(tale)
    for nr in range(ERASED):
        _agree(stood, [*said, *worlds[nr]], nr, erased)


def _agree(
    stood: dict[tuple[str, str | None], Stands], events: list[Event], nr: int, erased: Iterable[str] = ()
) -> None:
    for name in ACCOUNTS:
        account = f"{name}{nr}"
        world = World(events, account=account, zone=ZONE, today=DAYS, erased=erased)
        for person in PEOPLE:
            stands = _of_person(world, f"{person}{nr}")
            assert stood.get((account, f"{person}{nr}"), {}) == stands, (account, person)
        assert stood.get((account, None), {}) == _of_account(world, nr), account


def _of_person(world: World, person: str) -> Stands:
    found: Stands = {}
    began: tuple[Any, int] | None = None
    paths: dict[Any, Path] = {}
    for day in range(-1, DAYS + 1):
        belongs = world.belongs(person, day)
        if belongs is None:
            began = None
            continue
        analysts = STRICTER if day >= STRICTER_ON else ANALYSTS
        plan, day_0 = analysts if belongs[0] == "analyst" else EVERYBODY, belongs[1]
        shared_on = _on_sharers(world, person, belongs[1], day)
        if shared_on is not None:
            plan, day_0 = SHARERS, shared_on
        version = 2 if plan is STRICTER else 1
        place = (plan["key"], version, day_0)
        joined_on = began[1] if began and began[0] == place else day
        began = (place, joined_on)
        path = paths.setdefault(place, Path(world, person, plan, day_0, version))
        found[day] = (plan["key"], *path.standing(day, joined_on))
    return found


def _on_sharers(world: World, person: str, day_0: int, day: int) -> int | None:
    """Return since when somebody of one stay is on the journey of those who share, None when they are not on a day."""
    days = [
        each for each in range(-1, DAYS + 1) if (stay := world.belongs(person, each)) and stay[1] == day_0
    ]
    shared = [use[0] for use in world.uses(person) if use[1] == "share" and days[0] <= use[0] <= days[-1]]
    entered = min(shared, default=DAYS + 1)
    left = [entered + 22, *(each for each in world.solved(person) if each >= entered)]
    return entered if entered <= day < min(left) and world.plan(day) == "pro" else None


def _of_account(world: World, nr: int) -> Stands:
    here = {
        day: [stay for person in PEOPLE if (stay := world.belongs(f"{person}{nr}", day))]
        for day in range(-1, DAYS + 1)
    }
    days = [day for day, stays in here.items() if stays]
    if not days:
        return {}
    last = DAYS if here[DAYS] else max(days)
    path = Path(world, None, TEAM, min(day_0 for stays in here.values() for _, day_0 in stays))
    return {day: ("team", *path.standing(day, days[0])) for day in range(days[0], last + 1)}


def _stood(tale: Tale) -> dict[tuple[str, str | None], Stands]:
    found: dict[tuple[str, str | None], Stands] = {}
    for account, person, journey, since, until, standing, milestone in tale.rows(
        "select account_id, person_id, journey, since_on, until_on, standing, milestone from every_standing"
    ):
        end = DAYS + 1 if until is None else (until - FIRST).days
        mine = found.setdefault((account, person), {})
        for day in range((since - FIRST).days, end):
            assert day not in mine, "nobody stands in two places"
            mine[day] = (journey, standing, milestone)
    return found


def _world(nr: int, chance: random.Random) -> Iterator[Event]:
    """Yield what happens in one world."""
    for place in range(chance.randrange(1, 26)):
        moment = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) + timedelta(
            days=chance.randrange(DAYS - 2), hours=chance.choice((0, 3, 4, 5, 12, 23)), seconds=place
        )
        yield _anything(f"w{nr}-{place}", nr, moment, chance)


def _judges(nr: int, chance: random.Random) -> Event:
    """Return a word of what judges a milestone in every world: odds, or the rule of thumb."""
    journey, milestone = chance.choice(_MILESTONES)
    moment = datetime(FIRST.year, FIRST.month, FIRST.day, 14, tzinfo=UTC) + timedelta(
        days=chance.randrange(DAYS)
    )
    version = chance.choice((1, 2)) if journey == "analyst" else 1
    said = {"journey": journey, "version": version, "milestone": milestone}
    return Event(
        event_id=f"j{nr}", source="waypost", kind=Kind.LEARNT, name=chance.choice(("by_odds", "by_odds", "by_rule")),
        happened_at=moment, received_at=moment, properties=msgspec.Raw(msgspec.json.encode(said)),
    )  # fmt: skip


def _anything(event_id: str, nr: int, moment: datetime, chance: random.Random) -> Event:
    person: str | None = f"{chance.choice(('ada', 'ada', 'ben', 'ben', 'old'))}{nr}"
    anonymous: str | None = None
    account: str | None = f"{chance.choice(('acme', 'acme', 'acme', 'beta'))}{nr}"
    said: dict[str, Any] = {}
    kind, name = chance.choice(_SAYINGS)
    if kind == "track" and chance.random() < 0.2:
        person, anonymous = None, f"anonymous-{person}"
    if kind in ("identify", "alias"):
        account, anonymous = None, f"anonymous-{person}" if kind == "identify" else None
        person, said = (person, {}) if anonymous else (f"ada{nr}", {"previousId": f"old{nr}"})
    if name == "set":
        said = {"setting": "schedule", "to": chance.choice(("on", "on", "off"))}
    if name.startswith("export"):
        said = {"rows": chance.choice((1, 5, 7))}
    if kind in ("group", "ticket"):
        person = person if kind == "ticket" and chance.random() < 0.7 else None
        said = {"ticket_id": "t", "plan": chance.choice(("pro", "pro", "free"))}
    if kind == "membership" and chance.random() < 0.8:
        said = {"role": chance.choice(("analyst", "analyst", "admin"))}
    if kind == "learnt":
        journey, milestone = chance.choice(_MILESTONES)
        said = {"journey": journey, "version": 1, "milestone": milestone}
        person = None if journey == "team" else person
    if kind == "pause":
        person = person if chance.random() < 0.6 else None
        if name == "began" and chance.random() < 0.5:
            said = {"until": (moment.date() + timedelta(days=chance.randrange(1, 15))).isoformat()}
    return Event(
        event_id=event_id, source="product", kind=Kind(kind), name=name, happened_at=moment, received_at=moment,
        person_id=person, anonymous_id=anonymous, account_id=account, properties=msgspec.Raw(msgspec.json.encode(said)),
    )  # fmt: skip


_MILESTONES = (
    ("analyst", "first_7"), ("analyst", "first_20"), ("everybody", "first_5"),
    ("sharers", "first_5"), ("team", "first_9"),
)  # fmt: skip
_SAYINGS = (
    ("track", "export"), ("track", "export"), ("track", "export_run"), ("track", "share"), ("track", "sign_in"),
    ("track", "set"), ("identify", "identify"), ("membership", "joined"), ("membership", "joined"),
    ("membership", "role_changed"), ("membership", "left"), ("pause", "began"), ("pause", "began"), ("pause", "ended"),
    ("learnt", "at_risk"), ("learnt", "at_risk"), ("learnt", "not_at_risk"),
    ("alias", "alias"), ("group", "group"), ("group", "group"), ("ticket", "solved"),
)  # fmt: skip
