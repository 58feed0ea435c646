from datetime import date, timedelta

import numpy as np
import polars as pl
import pytest

from tests.learn.simulated import FIRST, company, known, timed, true_odds
from waypost.learn import as_known_on, fit_odds, mornings, odds_of, spells_on
from waypost.learn.odds import LEAST_PEOPLE


def _history(people: int, seed: int = 1, **said: int) -> pl.DataFrame:
    return known(mornings(company(people, seed=seed, **said), most_people=4_000, per_person=8))


def _asked(people: int, seed: int) -> pl.DataFrame:
    return known(mornings(company(people, seed=seed), most_people=4_000, per_person=2))


def test_odds_are_calibrated_against_a_known_truth() -> None:
    model = fit_odds(_history(1_500))
    asked = _asked(2_000, seed=2)
    odds, truth = odds_of(model, asked)["odds"].to_numpy(), true_odds(asked)
    for low in (0.0, 0.2, 0.4, 0.6, 0.8):
        here = (odds >= low) & (odds < low + 0.2)
        if here.sum() >= 100:
            assert odds[here].mean() == pytest.approx(truth[here].mean(), abs=0.06)
    assert np.abs(odds - truth).mean() < 0.05


def test_intervals_cover_the_truth_about_as_often_as_they_say() -> None:
    # 12 companies of 600 people at 60 accounts; one company alone may be unlucky as a whole.
    covered = []
    for seed in range(12):
        model = fit_odds(_history(600, seed=seed))
        asked = _asked(300, seed=100 + seed)
        found, truth = odds_of(model, asked), true_odds(asked)
        covered.append(((found["low"].to_numpy() <= truth) & (truth <= found["high"].to_numpy())).mean())
    assert 0.86 <= np.mean(covered) <= 1.0


def test_without_enough_history_it_says_what_is_missing_and_gives_no_odds() -> None:
    few = _history(LEAST_PEOPLE - 40)
    model = fit_odds(few)
    assert model.hazard is None
    assert model.why is not None
    assert "odds need 100 people at 10 accounts, 20 who met it and 20 who did not" in model.why
    assert odds_of(model, few)["odds"].null_count() == few.height


def test_with_just_enough_history_there_are_odds_and_no_calibration_to_choose() -> None:
    model = fit_odds(_history(150, accounts=20))
    assert model.hazard is not None
    assert model.losses == {}
    assert model.calibration.map == "none"


def test_counts_say_whose_history_it_is() -> None:
    history = _history(800)
    model = fit_odds(history)
    seen = history.unique("spell")
    assert (model.people, model.met) == (seen.height, int(seen["met"].sum()))
    assert model.missed == model.people - model.met
    assert model.accounts == seen["account_id"].n_unique()


def test_nobody_underway_has_odds() -> None:
    model = fit_odds(_history(800))
    assert odds_of(model, _history(800).clear()).height == 0


def test_who_left_before_the_day_counts_neither_way() -> None:
    history = _history(800)
    left = pl.col("person_id") < "p00100"
    gone = history.with_columns(
        ended_on=pl.when(left).then(pl.col("began_on") + timedelta(days=9)).otherwise("ended_on"),
        met=pl.when(left).then(pl.lit(value=False)).otherwise("met"),
    )
    assert fit_odds(gone).people == fit_odds(history.filter(~left)).people


def test_roles_of_many_people_are_told_apart() -> None:
    history = _history(900)
    good = (pl.col("spell") % 3 == 0) | pl.col("met")
    roles = history.with_columns(role=pl.when(good).then(pl.lit("keen")).otherwise(pl.lit("slow")))
    model = fit_odds(roles)
    assert model.roles == ["slow"]
    one = roles.head(1)
    keen, slow = (
        odds_of(model, one.with_columns(role=pl.lit(role)))["odds"].item() for role in ("keen", "slow")
    )
    assert keen > slow + 0.2


def test_which_mornings_are_looked_at_does_not_depend_on_what_comes() -> None:
    spells = company(300)
    other = spells.with_columns(ended_on=pl.col("due_on") + timedelta(days=1), met=pl.lit(value=False))
    looked, all_of = (timed(mornings(each, most_people=300, per_person=5)) for each in (spells, other))
    kept = all_of.select("spell", "on_day").join(
        spells.select("spell", "met", "ended_on"), on="spell", maintain_order="left"
    )
    still = kept.filter(~pl.col("met") | (pl.col("on_day") <= pl.col("ended_on")))
    assert (
        looked.select("spell", "on_day")
        .sort("spell", "on_day")
        .equals(still.select("spell", "on_day").sort("spell", "on_day"))
    )


def test_who_was_early_for_a_day_still_to_come_is_not_counted_yet() -> None:
    spells = company(300, began_over=40)
    history = known(mornings(spells_on(spells, FIRST + timedelta(days=30)), most_people=300, per_person=5))
    over = spells.filter(pl.col("due_on") < FIRST + timedelta(days=30))
    seen = history.unique("spell").filter(pl.col("due_on") < FIRST + timedelta(days=30))
    assert fit_odds(history).people == seen.height <= over.height
    assert (history["due_on"] >= FIRST + timedelta(days=30)).any()


def test_whose_day_has_passed_comes_before_whose_has_not() -> None:
    today = FIRST + timedelta(days=30)
    spells = spells_on(company(300, began_over=40), today)
    passed = spells.filter(pl.col("due_on") < today).height
    looked = mornings(spells, most_people=passed, per_person=5)
    assert (looked["due_on"] < today).all()


def test_only_the_latest_people_are_looked_at() -> None:
    spells = company(300)
    looked = mornings(spells, most_people=50, per_person=5)
    newest = spells.sort("began_on", descending=True)["began_on"][49]
    assert (looked["began_on"] >= newest).all()
    assert looked["spell"].n_unique() <= 50


def test_history_as_known_on_a_day_holds_nothing_of_that_day_or_after() -> None:
    history, day = _history(500), FIRST + timedelta(days=120)
    then = as_known_on(history, day)
    assert (then["on_day"] < day).all()
    assert (then["ended_on"] <= day).all()
    assert not then.filter(pl.col("met"))["ended_on"].is_in([day]).any()


def test_whom_a_pause_came_between_is_left_out_until_it_is_known_what_came_of_them() -> None:
    history, day = _history(200), FIRST + timedelta(days=120)
    away = history.with_columns(paused=pl.lit(value=True))
    kept = as_known_on(away, day)
    assert 0 < kept.height < as_known_on(history, day).height
    assert (kept["followed_days"] == kept.join(history, on=["spell", "on_day"])["followed_days"]).all()


def test_the_model_of_a_day_does_not_move_when_everything_after_it_does() -> None:
    history, day = _history(900), date(2026, 6, 1)
    later = pl.col("ended_on") >= day
    shuffled = history.with_columns(
        met=pl.when(later).then(~pl.col("met")).otherwise("met"),
        ended_on=pl.when(later & ~pl.col("met"))
        .then(pl.col("due_on").clip(day))
        .when(later)
        .then(pl.col("due_on").clip(day) + timedelta(days=1))
        .otherwise("ended_on"),
    )
    assert not shuffled.equals(history)
    assert fit_odds(as_known_on(history, day)) == fit_odds(as_known_on(shuffled, day))
