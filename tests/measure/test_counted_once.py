"""What several sources tell of one use is counted once: the rule in the engine against the rule in plain words."""

import random
from collections import defaultdict
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import polars as pl
import pytest

from tests.tale import ANALYST, CATALOGUE, FIRST, Tale
from waypost.core import Actor, DefinitionError, Event, Kind
from waypost.measure import Catalogue, told_once

SOURCES = ("web", "log", "other")
Told = tuple[int, str, str, int, int]
#: The noon of the first day; minutes are counted from it.
NOON = datetime(FIRST.year, FIRST.month, FIRST.day, 12, tzinfo=UTC)


def counting(*once: str, feature: str = "export") -> dict[str, Any]:
    """Return the catalogue of tales with sources that tell the same of one feature; none: each tells its own."""
    return told_once(CATALOGUE, feature, once, where="catalogue")


def event(nr: int, source: str, person: str, minute: int, second: int, name: str = "export") -> Event:
    """Return one event of a source, in the first days of a tale."""
    at = NOON + timedelta(minutes=minute, seconds=second)
    return Event(
        event_id=f"{source}-{nr}", source=source, kind=Kind.TRACK, name=name, happened_at=at, received_at=at,
        person_id=person, account_id="acme", actor=Actor.HUMAN, properties=msgspec.Raw(b"{}"),
    )  # fmt: skip


def uses(tale: Tale) -> dict[tuple[str, int], int]:
    """Return how many uses are counted of each person and day."""
    found = tale.frame("select person_id, day, sum(n) as n from usage_daily group by all")
    return {(person, (day - FIRST).days): int(n) for person, day, n in found.iter_rows()}


def test_the_source_believed_first_is_counted_and_the_others_where_it_is_silent() -> None:
    tale = Tale("acme", ANALYST)
    tale.told(
        event(1, "web", "ada", 0, 5),
        event(2, "log", "ada", 0, 7),
        event(3, "log", "ada", 0, 50),
        event(4, "log", "ada", 1, 0),
        event(5, "other", "ada", 0, 6),
        event(6, "log", "ben", 0, 6),
    )
    assert uses(tale) == {("ada", 0): 5, ("ben", 0): 1}
    tale.publishes(counting("web", "log"))
    assert uses(tale) == {("ada", 0): 3, ("ben", 0): 1}
    tale.publishes(counting("log", "web"))
    assert uses(tale) == {("ada", 0): 4, ("ben", 0): 1}
    tale.publishes(CATALOGUE)
    assert uses(tale) == {("ada", 0): 5, ("ben", 0): 1}, "it is undone by taking the rule away"


def test_one_feature_s_rule_says_nothing_of_another() -> None:
    tale = Tale("acme", ANALYST)
    tale.publishes(counting("web", "log"))
    tale.told(event(1, "web", "ada", 0, 5, "share"), event(2, "log", "ada", 0, 7, "share"))
    assert uses(tale) == {("ada", 0): 2}


def test_who_turns_out_to_be_one_person_is_counted_once() -> None:
    tale = Tale("acme", ANALYST)
    tale.publishes(counting("web", "log"))
    tale.told(event(1, "web", "ada", 0, 5), event(2, "log", "a.lovelace", 0, 7))
    assert uses(tale) == {("ada", 0): 1, ("a.lovelace", 0): 1}
    tale.tells("alias", "alias", previousId="a.lovelace")
    assert uses(tale) == {("ada", 0): 1}


def test_what_is_no_use_stands_in_nobody_s_place() -> None:
    """Ada has left; what names no account is nobody's use then, and what the log tells of the same minute counts."""
    tale = Tale("acme", ANALYST).joins("ada").on_day(2).leaves()
    tale.publishes(counting("web", "log")).on_day(5)
    minute = 5 * 24 * 60
    nowhere = msgspec.structs.replace(event(1, "web", "ada", minute, 5), account_id=None)
    tale.told(nowhere, event(2, "log", "ada", minute, 7))
    assert uses(tale) == {("ada", 5): 1}


def test_a_funnel_s_steps_are_the_uses_that_count() -> None:
    """Three exports seen by both sources, and a share after the second: the log's copies are no steps of their own."""
    tale = Tale("acme", ANALYST).joins("ada")
    tale.publishes(counting("web", "log")).on_day(2)
    told = [event(nr, "web", "ada", minute, 30) for nr, minute in enumerate((0, 10, 20, 30))]
    told += [event(nr, "log", "ada", minute, 5) for nr, minute in enumerate((0, 10, 20, 30))]
    tale.told(*told, event(9, "web", "ada", 30, 10, "share")).round()
    rules = tale.workspace.rules.catalogue.usage_rules()
    day = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC).date()
    found = tale.workspace.warehouse.ask(
        "measure/funnel_times",
        {
            "since": day,
            "today": day,
            "unit": "people",
            "all_accounts": True,
            "all_people": True,
            "role": None,
        },
        {
            "rules": rules,
            "unsure": pl.DataFrame({"unit": ["ada"]}),
            "counted": pl.DataFrame({"nr": [0], "feature": ["export"], "automated_counts": [True]}),
            "some_accounts": pl.DataFrame(schema={"account_id": pl.String}),
            "some_people": pl.DataFrame(schema={"person_id": pl.String}),
        },
    )
    assert sorted(at.strftime("%H:%M:%S") for at in found["reached_at"]) == [
        "12:00:30",
        "12:10:30",
        "12:20:30",
        "12:30:30",
    ]


def _by_hand(told: list[Told], once: tuple[str, ...]) -> dict[tuple[str, int], int]:
    """Return what the rule says, read literally: minute by minute, the first source of the list that tells anything."""
    minutes: dict[tuple[str, int], list[str]] = defaultdict(list)
    for _, source, person, minute, _ in told:
        minutes[person, minute].append(source)
    found: dict[tuple[str, int], int] = defaultdict(int)
    for (person, minute), sources in minutes.items():
        first = next((source for source in once if source in sources), None)
        n = sum(source == first or source not in once for source in sources)
        found[person, (12 * 60 + minute) // 1440] += n
    return dict(found)


def _events(seed: int) -> list[Told]:
    """Return what forty people did around midnight, told by one source or by several, in any order."""
    chance = random.Random(seed)
    return [
        (
            nr,
            chance.choice(SOURCES),
            f"p{chance.randrange(40):02}",
            chance.randint(718, 723),
            chance.randrange(60),
        )
        for nr in range(600)
    ]


@pytest.mark.parametrize(
    ("seed", "before", "after"),
    [
        (1, (), ("web", "log")),
        (2, ("web", "log"), ("log", "other", "web")),
        (3, ("log", "other", "web"), ()),
        (4, ("log", "web"), ("web", "log")),
    ],
)
def test_whatever_comes_in_whatever_order_is_counted_by_the_rule(
    seed: int, before: tuple[str, ...], after: tuple[str, ...]
) -> None:
    """In two rounds, with the rule changed between them; and a replay says the same."""
    told = _events(seed)
    tale = Tale("acme", ANALYST)
    tale.publishes(counting(*before))
    tale.on_day(2)
    tale.told(*(event(*each) for each in told[:300]))
    assert uses(tale) == _by_hand(told[:300], before)
    tale.publishes(counting(*after))
    tale.told(*(event(*each) for each in told[300:]))
    live = uses(tale)
    assert live == _by_hand(told, after)
    tale.workspace.replay()
    assert uses(tale) == live


@pytest.mark.parametrize(
    ("once", "says"),
    [
        (["web"], "features[1].once: name two sources or more"),
        (["web", "web"], "features[1].once[1]: name each source once"),
        (["web", ""], "features[1].once[1]: name each source once"),
    ],
)
def test_a_rule_that_makes_no_sense_is_refused(once: list[str], says: str) -> None:
    document = msgspec.json.decode(msgspec.json.encode(CATALOGUE))
    document["features"][1]["once"] = once
    with pytest.raises(DefinitionError, match="once") as refused:
        Catalogue.from_document(document, where="catalogue")
    assert says in str(refused.value)


def test_a_rule_of_no_feature_is_refused() -> None:
    with pytest.raises(DefinitionError, match="there is no feature 'none'"):
        counting("web", "log", feature="none")
