"""Every usage measure against a slow and obvious reckoning of the same worlds, and what it is a sum of."""

import random
from datetime import timedelta
from typing import Any

import msgspec
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws.profile import examples
from tests.laws.usage_oracle import UsageOracle, Whose
from tests.laws.worlds import ACCOUNTS, PEOPLE, told
from tests.tale import CATALOGUE, Tale, day
from waypost.core import Actor, Event
from waypost.measure import (
    SWEPT,
    USAGE_MEASURES,
    Catalogue,
    MeasureLevel,
    Subjects,
    usage_items,
    usage_sweep,
    usage_values,
)

DAYS = 110
KNOWS = Catalogue.from_document(CATALOGUE, where="tale")
FEATURE = "export"
ZONES = ("UTC", "Europe/Stockholm", "America/Los_Angeles", "Pacific/Auckland")
SUBJECTS = (
    (Subjects.people(PEOPLE[:3]), {person: Whose(person=person) for person in PEOPLE[:3]}),
    (Subjects.accounts(ACCOUNTS), {account: Whose(accounts=(account,)) for account in ACCOUNTS}),
    (Subjects.segments({"both": ACCOUNTS}), {"both": Whose(accounts=ACCOUNTS)}),
)


@examples(3)
@given(st.randoms(use_true_random=False), st.integers(10, 140), st.sampled_from(ZONES))
def test_usage_measures_are_as_worked_out_by_hand(chance: random.Random, size: int, zone: str) -> None:
    events = [_event(nr, chance) for nr in range(size)]
    oracle = UsageOracle(events, zone)
    tale = Tale("acme", zone=zone).on_day(DAYS)
    _tell(tale, events, chance)
    cutoffs = sorted(chance.sample(range(DAYS + 1), 4))
    for subjects, whose in SUBJECTS:
        measures = [each for each in USAGE_MEASURES if subjects.level in each.levels]
        values = _values(tale, subjects, cutoffs)
        for measure in measures:
            for subject, who in whose.items():
                for nr in cutoffs:
                    for actor in measure.actors:
                        expected = _expected(oracle, measure.key, who, nr, actor)
                        about = (measure.key, subject, nr, actor, zone)
                        found, why = values[measure.key, subject, nr, actor]
                        assert (found is None) == (why is not None), about
                        assert found == (None if expected is None else pytest.approx(expected, abs=1e-9)), (
                            about
                        )


@examples(2)
@given(st.randoms(use_true_random=False), st.integers(20, 140))
def test_items_add_up_to_the_value(chance: random.Random, size: int) -> None:
    tale = Tale("acme").on_day(DAYS)
    _tell(tale, [_event(nr, chance) for nr in range(size)], chance)
    cutoffs = [day(nr) for nr in chance.sample(range(DAYS + 1), 3)]
    asked = tale.workspace.warehouse
    for subjects, _ in SUBJECTS:
        for measure in USAGE_MEASURES:
            if subjects.level not in measure.levels:
                continue
            values = usage_values(asked, [measure], subjects, cutoffs, KNOWS, FEATURE)
            items = usage_items(asked, measure, subjects, cutoffs, KNOWS, FEATURE)
            keys = ["subject_id", "on_day", "actor"]
            assert items.select(*keys, "item").is_unique().all(), measure.key
            sums = items.group_by(keys).agg(pl.col("value").sum().alias("sum"), pl.len().alias("count"))
            both = values.filter(pl.col("value").is_not_null()).join(sums, on=keys, how="left")
            wrong = both.filter(
                ((pl.col("value") - pl.col("sum").fill_null(0)).abs() > 1e-9)
                | (pl.col("items") != pl.col("count").fill_null(0))
            )
            assert wrong.is_empty(), (measure.key, wrong)


@examples(2)
@given(st.randoms(use_true_random=False), st.integers(20, 140))
def test_what_happens_later_moves_no_measure_of_before(chance: random.Random, size: int) -> None:
    events = [_event(nr, chance) for nr in range(size)]
    cutoff = chance.randrange(20, DAYS)
    tale = Tale("acme").on_day(cutoff)
    until = tale.clock.at.replace(hour=0) + timedelta(days=1)
    _tell(tale, [each for each in events if each.happened_at < until], chance)
    before = [_values(tale, subjects, [cutoff]) for subjects, _ in SUBJECTS]
    tale.on_day(DAYS)
    _tell(tale, [each for each in events if each.happened_at >= until], chance)
    assert [_values(tale, subjects, [cutoff]) for subjects, _ in SUBJECTS] == before


@examples(2)
@given(st.randoms(use_true_random=False), st.integers(20, 140))
def test_one_pass_over_everybody_says_the_same(chance: random.Random, size: int) -> None:
    tale = Tale("acme").on_day(DAYS)
    _tell(tale, [_event(nr, chance) for nr in range(size)], chance)
    cutoffs = sorted(chance.sample(range(DAYS + 1), 4))
    for subjects, _ in SUBJECTS:
        swept = usage_sweep(tale.workspace.warehouse, subjects, [day(nr) for nr in cutoffs], KNOWS)
        each = {key: told for key, told in _values(tale, subjects, cutoffs).items() if key[0] in SWEPT}
        assert _by_key(swept) == each


Key = tuple[str, str, int, str]


def _values(tale: Tale, subjects: Subjects, cutoffs: list[int]) -> dict[Key, tuple[float | None, str | None]]:
    measures = [each for each in USAGE_MEASURES if subjects.level in each.levels]
    days = [day(nr) for nr in cutoffs]
    return _by_key(usage_values(tale.workspace.warehouse, measures, subjects, days, KNOWS, FEATURE))


def _by_key(values: pl.DataFrame) -> dict[Key, tuple[float | None, str | None]]:
    rows = values.select("measure", "subject_id", "on_day", "actor", "value", "why").rows()
    return {
        (measure, subject, (on_day - day(0)).days, actor): (None if value is None else round(value, 9), why)
        for measure, subject, on_day, actor, value, why in rows
    }


def _expected(oracle: UsageOracle, key: str, whose: Whose, nr: int, actor: str) -> float | None:
    if key == "records_28":
        return oracle.records(whose, nr, 28, actor) if oracle.known(whose, nr) else None
    return oracle.value(key, whose, nr, actor, FEATURE)


def _tell(tale: Tale, events: list[Event], chance: random.Random) -> None:
    """Tell events in any order, in a few batches, and some of them twice."""
    again = [each for each in events if chance.random() < 0.1]
    mixed = chance.sample([*events, *again], len(events) + len(again))
    middle = chance.randrange(len(mixed) + 1) if mixed else 0
    tale.told(*mixed[:middle]).round()
    tale.told(*mixed[middle:]).round()


def _event(nr: int, chance: random.Random) -> Event:
    """Return an event that says who did it where; half of them follow closely on each other, as in a session."""
    who = {"person_id": chance.choice(PEOPLE[:3]), "account_id": chance.choice(ACCOUNTS)}
    where = {"account_id": who["account_id"]}
    on = chance.choice((chance.randrange(DAYS - 2), 80 + chance.randrange(4)))
    hour, said = chance.choice((0, 9, 9, 23)), dict[str, Any]()
    match chance.choice(("use",) * 6 + ("page", "row", "set", "membership", "contract")):
        case "use":
            name = chance.choice(("sign_in", "export", "export_run", "share"))
            found = told(nr, "track", name, on, hour, **who, rows=chance.choice((1, 5, "many")))
        case "page":
            found = told(nr, "page", "Help", on, hour, **who)
        case "row":
            found = told(nr, "row", "export_run", on, hour, **who)
            found = msgspec.structs.replace(found, actor=chance.choice((Actor.AUTOMATED, Actor.HUMAN)))
        case "set":
            found = told(
                nr, "track", "set", on, hour, **who, setting="schedule", to=chance.choice(("on", "off"))
            )
        case "membership":
            said = {"role": chance.choice(("analyst", "admin"))}
            found = told(
                nr, "membership", chance.choice(("joined", "role_changed", "left")), on, hour, **who, **said
            )
        case _:
            found = told(nr, "contract", "signed", on, hour, **where, seats=chance.randrange(4))
    moment = found.happened_at + timedelta(minutes=chance.choice((0, 3, 30, 31, 59)), seconds=nr % 60)
    return msgspec.structs.replace(found, happened_at=moment, received_at=moment)


def test_every_level_is_tried() -> None:
    assert {subjects.level for subjects, _ in SUBJECTS} == set(MeasureLevel)
