from collections import Counter

import numpy as np
import polars as pl
import pytest

from tests.learn.simulated_staying import DECOYS, DRIVERS, company
from waypost.learn import Matter, Matters, Verdict, matters
from waypost.learn.matter import _shares_of_luck


def _found(people: int = 1_200, *, seed: int = 1, effect: float = 1.1) -> Matters:
    return matters(*company(people, seed=seed, effect=effect), by_day=30)


def _of(report: Matters, feature: str, at_least: int = 1) -> Matter:
    return next(each for each in report.found if (each.feature, each.at_least) == (feature, at_least))


def test_drivers_are_told_from_decoys_that_only_follow_activity() -> None:
    # 8 companies of 1,200 people: 16 drivers and 32 decoys, used at least once.
    said = {
        Verdict.BEYOND_ACTIVITY: Counter[str](),
        Verdict.WITH_ACTIVITY: Counter[str](),
        Verdict.UNCLEAR: Counter[str](),
    }
    for seed in range(8):
        report = _found(seed=seed)
        for feature in (*DRIVERS, *DECOYS):
            said[_of(report, feature).verdict][feature.split("_")[0]] += 1
    assert said[Verdict.BEYOND_ACTIVITY]["driver"] >= 14
    assert said[Verdict.BEYOND_ACTIVITY]["decoy"] <= 2


def test_adjusting_takes_away_much_of_what_decoys_seem_to_do() -> None:
    report = _found(3_000)
    for decoy in DECOYS:
        found = _of(report, decoy)
        assert abs(found.adjusted.value) < found.lift
        assert abs(found.beyond.value) < 0.5 * found.lift


def test_where_nothing_matters_next_to_nothing_goes_beyond_activity() -> None:
    called = sum(
        each.verdict is Verdict.BEYOND_ACTIVITY
        for seed in range(6)
        for each in _found(seed=seed, effect=0.0).found
    )
    assert called <= 2


def test_intervals_cover_a_known_difference_about_as_often_as_they_say() -> None:
    # 60 companies of 400 people at 40 accounts that differ; adopting adds 0.15 to the share who stay, for everybody.
    chance, covered = np.random.default_rng(4), []
    for _ in range(60):
        account = chance.integers(0, 40, 400)
        adopted = chance.random(400) < 0.4
        part = np.clip(0.5 + chance.normal(0, 0.12, 40)[account] + 0.15 * adopted, 0, 1)
        people = _people(account, chance.random(400) < part)
        who = np.flatnonzero(adopted)
        reached = _reached(who, chance.integers(0, 30, len(who)))
        found = matters(people, reached, _active(400), by_day=30).found[0]
        covered.append(found.adjusted.low <= 0.15 <= found.adjusted.high)
    assert 0.88 <= np.mean(covered) <= 1.0


def test_few_people_on_a_side_are_not_compared() -> None:
    people = _people(np.arange(200) % 20, np.arange(200) % 2 == 0)
    few = _reached(np.arange(29), np.zeros(29, dtype=int))
    report = matters(people, few, _active(200), by_day=30)
    assert (report.tried, report.found, report.people, report.stayed) == (0, [], 200, 100)


def test_nobody_still_there_is_no_comparison() -> None:
    people = _people(np.arange(0), np.zeros(0, dtype=bool))
    report = matters(people, _reached(np.arange(0), np.arange(0)), _active(0), by_day=7)
    assert (report.people, report.accounts, report.tried) == (0, 0, 0)


def test_where_all_who_stay_are_of_one_kind_too_little_is_known() -> None:
    people = _people(np.arange(200) % 20, np.arange(200) < 195)
    assert (
        matters(people, _reached(np.arange(100), np.zeros(100, dtype=int)), _active(200), by_day=30).tried
        == 0
    )


def test_what_everybody_of_a_role_does_is_the_role_and_not_the_feature() -> None:
    stays = np.arange(400) % 4 < np.where(np.arange(400) < 200, 3, 1)
    people = _people(np.arange(400) % 25, stays).with_columns(
        role=pl.when(pl.col("person") < 200).then(pl.lit("clerk")).otherwise(pl.lit("analyst"))
    )
    mine = np.arange(200)
    alone = matters(people, _reached(mine, np.zeros(200, dtype=int)), _active(400), by_day=30).found[0]
    assert alone.lift == pytest.approx(0.5)
    assert alone.adjusted.value == pytest.approx(0.0, abs=1e-6)
    assert alone.verdict is Verdict.UNCLEAR


def test_the_order_of_rows_changes_nothing() -> None:
    people, reached, active = company(600)
    shuffled = [each.sample(fraction=1, shuffle=True, seed=3) for each in (people, reached, active)]
    one, other = matters(people, reached, active, by_day=30), matters(*shuffled, by_day=30)
    assert [(e.feature, e.at_least, round(e.adjusted.value, 9)) for e in one.found] == [
        (e.feature, e.at_least, round(e.adjusted.value, 9)) for e in other.found
    ]


def test_shares_of_luck_are_those_of_benjamini_and_hochberg() -> None:
    # R 4.4: p.adjust(c(0.01, 0.04, 0.03, 0.5), "BH")
    assert _shares_of_luck([0.01, 0.04, 0.03, 0.5]) == pytest.approx(
        [0.04, 0.0533333, 0.0533333, 0.5], abs=1e-6
    )


def test_intervals_of_those_picked_are_wider_than_those_of_one_comparison_alone() -> None:
    report = _found()
    picked = _of(report, "driver_a")
    alone = 2 * 1.98 * picked.adjusted.error
    assert picked.adjusted.high - picked.adjusted.low > alone


def _people(account: np.ndarray, stayed: np.ndarray) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "person": np.arange(len(account)),
            "account_id": [f"a{nr}" for nr in account],
            "role": ["analyst"] * len(account),
            "tier": [None] * len(account),
            "month": ["2026-03"] * len(account),
            "stayed": stayed,
        },
        schema_overrides={"account_id": pl.String, "role": pl.String, "tier": pl.String, "month": pl.String},
    )


def _reached(who: np.ndarray, day: np.ndarray) -> pl.DataFrame:
    return pl.DataFrame({"person": who, "day": day}).with_columns(
        feature=pl.lit("export"), at_least=pl.lit(1)
    )


def _active(people: int) -> pl.DataFrame:
    return pl.DataFrame({"person": np.arange(people), "day": np.zeros(people, dtype=int)})
