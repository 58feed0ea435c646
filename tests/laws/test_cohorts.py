"""Retention and funnels against a slow and obvious reckoning of the same worlds."""

import random
from datetime import UTC, date, datetime, timedelta

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.laws import cohort_oracle as plain
from tests.laws.profile import examples
from tests.laws.worlds import told
from tests.tale import CATALOGUE, FIRST, Tale
from waypost.core import Event
from waypost.measure import (
    Catalogue,
    Crowd,
    FunnelAsked,
    Grain,
    Level,
    RetentionAsked,
    Start,
    Step,
    curves,
    funnel_results,
    retention,
    retention_members,
    started,
    walk,
)

PEOPLE = ("ada", "ben", "cleo", "dan", "eva", "fay")
ACCOUNTS = ("acme", "beta")
FEATURES = (None, "export", "share", "sign_in")
DAYS = 70
QUIET_DAYS = (0, 0, 1, 5, 6, 20, 33, 47, 61, 69)
READ = Catalogue.from_document(CATALOGUE, where="tests")


class World:
    """A generated workspace and the same facts as plain lists."""

    def __init__(self, chance: random.Random, size: int, *, busy: bool = False) -> None:
        events = [_use(nr, chance, busy=busy) for nr in range(size)]
        events += [_access(size + nr, who, chance) for nr, who in enumerate(PEOPLE)]
        chance.shuffle(events)
        self.tale = Tale("acme").on_day(DAYS).told(*events)
        self.tale.round()
        self.warehouse = self.tale.workspace.warehouse
        self.uses = [_read(each) for each in events if each.kind.value == "track"]
        self.given = [
            plain.Access(*row)
            for row in self.tale.rows("select person_id, account_id, role, provisioned_on from memberships")
        ]
        self.today = FIRST + timedelta(days=DAYS)

    def within(self, crowd: Crowd) -> tuple[list[plain.Use], list[plain.Access]]:
        """Return the facts that count for a crowd."""
        last = {(each.person, each.account): each.role for each in self.given}

        def counts(person: str, account: str) -> bool:
            fits = crowd.accounts is None or account in crowd.accounts
            fits = fits and (crowd.people is None or person in crowd.people)
            return fits and (crowd.role is None or last.get((person, account)) == crowd.role)

        uses = [each for each in self.uses if counts(each.person, each.account)]
        return uses, [each for each in self.given if counts(each.person, each.account)]


def _use(nr: int, chance: random.Random, *, busy: bool) -> Event:
    people, accounts, days = (PEOPLE[:2], ACCOUNTS[:1], (0, 1)) if busy else (PEOPLE, ACCOUNTS, QUIET_DAYS)
    who = {"person_id": chance.choice(people), "account_id": chance.choice(accounts)}
    name = chance.choice(("sign_in", "export", "share", "export_run"))
    return told(nr, "track", name, chance.choice(days), chance.randrange(24), **who)


def _access(nr: int, who: str, chance: random.Random) -> Event:
    role = chance.choice(("analyst", "admin"))
    day = chance.randrange(DAYS)
    return told(nr, "membership", "joined", day, person_id=who, account_id=chance.choice(ACCOUNTS), role=role)


def _read(event: Event) -> plain.Use:
    feature = "export" if event.name == "export_run" else event.name
    at = event.happened_at.astimezone(UTC).replace(tzinfo=None)
    return plain.Use(str(event.person_id), str(event.account_id), feature, at)


def _crowd(chance: random.Random) -> Crowd:
    return Crowd(
        unit=chance.choice(tuple(Level)),
        accounts=chance.choice((None, None, frozenset({"acme"}))),
        people=chance.choice((None, None, frozenset(PEOPLE[:4]))),
        role=chance.choice((None, None, "analyst")),
    )


def _asked(world: World, chance: random.Random) -> RetentionAsked:
    return RetentionAsked(
        start=chance.choice(tuple(Start)),
        start_feature=chance.choice(FEATURES),
        return_feature=chance.choice(FEATURES),
        grain=chance.choice(tuple(Grain)),
        rolling=chance.random() < 0.5,
        crowd=_crowd(chance),
        last_cohort=FIRST + timedelta(days=chance.choice((10, 40, DAYS))),
        cohorts=chance.choice((3, 12)),
        today=world.today,
        quiet_days=chance.choice((7, 14, 28)),
    )


def _days(world: World, asked: RetentionAsked) -> dict[str, tuple[date, list[date]]]:
    """Return the first day and the days of return of everybody in one of the cohorts."""
    unit = asked.crowd.unit.value
    uses, given_access = world.within(asked.crowd)
    begun = plain.starts(uses, given_access, unit, asked.start.value, asked.start_feature)
    return {
        who: (day, plain.return_days(uses, who, unit, asked.return_feature, day))
        for who, day in begun.items()
        if plain.period_of(day, asked.grain.value) in asked.firsts()
    }


@examples(3)
@given(st.randoms(use_true_random=False), st.integers(0, 120))
def test_the_grid_of_retention_is_as_worked_out_by_hand(chance: random.Random, size: int) -> None:
    world = World(chance, size)
    for _ in range(6):
        asked = _asked(world, chance)
        members = _days(world, asked)
        grid = retention(world.warehouse, READ, asked, started(world.warehouse, READ, asked))
        assert grid.size == len(members)
        for cohort in grid.cohorts:
            mine = {
                who: [plain.periods_between(cohort.first, day, asked.grain.value) for day in days]
                for who, (begun, days) in members.items()
                if plain.period_of(begun, asked.grain.value) == cohort.first
            }
            assert cohort.size == len(mine)
            for cell in cohort.cells:
                back = {
                    who
                    for who, periods in mine.items()
                    if any(each == cell.period or (asked.rolling and each > cell.period) for each in periods)
                }
                assert cell.share.count == len(back), (asked, cohort.first, cell)
                listed = retention_members(
                    world.warehouse, READ, asked, cohort=cohort.first, period=cell.period
                )
                assert {who for who, it in listed.select("unit", "back").rows() if it} == back
                assert set(listed["unit"]) == set(mine)


@examples(3)
@given(st.randoms(use_true_random=False), st.integers(0, 120))
def test_the_curve_of_retention_is_as_worked_out_by_hand(chance: random.Random, size: int) -> None:
    world = World(chance, size)
    for _ in range(6):
        asked = _asked(world, chance)
        watched = [
            plain.silent_after(days, begun, asked.quiet_days, asked.today)
            for begun, days in _days(world, asked).values()
        ]
        expected = plain.staying([each for each in watched if each])
        points = curves(world.warehouse, READ, asked, started(world.warehouse, READ, asked))[None]
        assert points.watched == sum(each is not None for each in watched)
        assert {each.day: each.value for each in points.points} == pytest.approx(expected)
        assert all(0 <= each.low <= each.value <= each.high <= 1 for each in points.points)


@examples(3)
@given(st.randoms(use_true_random=False), st.integers(60, 160))
def test_a_funnel_is_as_worked_out_by_hand(chance: random.Random, size: int) -> None:
    # On a busy day a feature is used many times, before and after others: only the events tell the order.
    for world in (World(chance, size), World(chance, size, busy=True)):
        for _ in range(8):
            features = [chance.choice(FEATURES) for _ in range(chance.choice((1, 2, 3, 4)))]
            asked = _funnel(world, features, chance)
            walked = walk(world.warehouse, READ, asked)
            expected = _walked_by_hand(world, features, asked)
            assert {who: [at for at in times if at] for who, *times in walked.iter_rows()} == expected, asked
            _same_results(asked, walked, expected)


def _walked_by_hand(
    world: World, features: list[str | None], asked: FunnelAsked
) -> dict[str, list[datetime]]:
    """Return the entry and the steps done of everybody who entered."""
    uses, _ = world.within(asked.crowd)
    unit, window = asked.crowd.unit.value, timedelta(days=asked.window_days)
    expected: dict[str, list[datetime]] = {}
    for who in {each.who(unit) for each in uses}:
        if asked.in_order:
            done = plain.walk_in_order(uses, who, unit, features, window, (asked.since, asked.until))
            entered = done[:1]
        else:
            found = plain.walk_in_any_order(uses, who, unit, features, window, (asked.since, asked.until))
            entered, done = ([found[0]], found[1]) if found else ([], [])
        if entered:
            expected[who] = [*entered, *done]
    return expected


def _funnel(world: World, features: list[str | None], chance: random.Random) -> FunnelAsked:
    kinds = [Step(kind="feature" if each else "any", feature=each) for each in features]
    return FunnelAsked(
        steps=tuple(kinds),
        in_order=chance.random() < 0.6,
        window_days=chance.choice((1, 7, 30)),
        since=FIRST + timedelta(days=chance.choice((0, 1, 5))),
        until=FIRST + timedelta(days=chance.choice((1, 20, DAYS))),
        now=world.tale.clock.at,
        today=world.today,
        crowd=_crowd(chance),
    )


def _same_results(asked: FunnelAsked, walked: pl.DataFrame, expected: dict[str, list[datetime]]) -> None:
    now = asked.now.replace(tzinfo=None)
    open_still = {who for who, row in expected.items() if row[0] + timedelta(days=asked.window_days) > now}
    for nr, result in enumerate(funnel_results(asked, walked), start=1):
        here = {who for who, row in expected.items() if len(row) > nr}
        assert result.of_all.count == len(here)
        assert result.waiting == len(open_still - here)
        base = 0 if not asked.in_order else nr - 1
        took = [(expected[who][nr] - expected[who][base]).total_seconds() / 86_400 for who in here]
        if (nr == 1 and asked.in_order) or not took:
            assert result.median_days is None
        else:
            said = (result.low_quartile_days, result.median_days, result.high_quartile_days)
            assert said == pytest.approx(plain.quartiles(sorted(took)))
