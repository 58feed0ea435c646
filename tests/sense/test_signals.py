"""Signals are raised once: what is true now against what has been told."""

from datetime import date, timedelta
from typing import Any

import polars as pl

from waypost.score import Bands, Fell, Input, Scorecard
from waypost.sense import of_accounts, of_milestones, of_people

TODAY = date(2026, 9, 30)
CARD = Scorecard(
    key="health",
    name="Health",
    inputs=(Input(key="exports", name="Reports exported", family="Volume", measure={}, weight=1, curve=()),),
    bands=Bands(steady=70, watch=50),
    hysteresis_points=2,
    fell=Fell(points=10, in_days=14),
)
TOLD = {
    "name": pl.String,
    "person_id": pl.String,
    "account_id": pl.String,
    "journey": pl.String,
    "milestone": pl.String,
    "band": pl.String,
    "happened_on": pl.Date,
}
NOTHING_TOLD = pl.DataFrame(schema=TOLD)
NOTHING_WEIGHED = pl.DataFrame(schema={"account_id": pl.String, "moved_by": pl.String, "points": pl.Float64})


def ago(days: int) -> date:
    return TODAY - timedelta(days=days)


def test_a_person_who_came_to_stray_is_told_of_with_what_was_missed() -> None:
    [signal] = of_people(_stands("strayed", ago(0)), NOTHING_TOLD, since=ago(3))
    assert (signal.name, signal.person_id, signal.account_id) == ("strayed", "ada", "acme")
    assert (signal.journey, signal.milestone, signal.since_on) == ("analyst", "first_7", TODAY)
    assert signal.reason == "Never exported; No schedule"
    assert signal.told == {"missing": ["first_7.0", "first_7.1"]}


def test_who_is_at_risk_is_told_of_with_what_that_is_judged_by() -> None:
    [by_odds] = of_people(_stands("at_risk", ago(0), odds=0.31), NOTHING_TOLD, since=ago(3))
    assert by_odds.reason == (
        "Never exported; No schedule; 31% likely in time (21% to 41%), from 412 people before"
    )
    assert (by_odds.told["odds"], by_odds.told["people"]) == (0.31, 412)
    [by_rule] = of_people(_stands("at_risk", ago(0)), NOTHING_TOLD, since=ago(3))
    assert by_rule.reason == "Never exported; No schedule; not enough history: rule used"
    assert by_rule.told["odds"] is None


def test_the_same_change_has_the_same_id_whenever_it_is_noticed() -> None:
    [first] = of_people(_stands("strayed", ago(1)), NOTHING_TOLD, since=ago(3))
    [again] = of_people(_stands("strayed", ago(1)), NOTHING_TOLD, since=ago(1))
    [later] = of_people(_stands("strayed", ago(0)), NOTHING_TOLD, since=ago(1))
    assert first.signal_id == again.signal_id != later.signal_id


def test_being_on_the_path_is_no_news_and_neither_is_history() -> None:
    assert of_people(_stands("on_path", TODAY), NOTHING_TOLD, since=ago(3)) == []
    assert of_people(_stands("not_started", TODAY), NOTHING_TOLD, since=ago(3)) == []
    assert of_people(_stands("strayed", ago(4)), NOTHING_TOLD, since=ago(3)) == []


def test_what_was_told_is_not_told_again_within_a_quiet_week() -> None:
    told = _told("strayed", ago(7))
    assert of_people(_stands("strayed", TODAY), told, since=ago(3)) == []
    assert len(of_people(_stands("strayed", TODAY), _told("strayed", ago(8)), since=ago(3))) == 1
    assert len(of_people(_stands("returned", TODAY), told, since=ago(3))) == 1, (
        "another notice is not the same"
    )


def test_a_notice_about_ben_keeps_none_about_ada_quiet() -> None:
    assert (
        len(of_people(_stands("strayed", TODAY), _told("strayed", ago(1), person="ben"), since=ago(3))) == 1
    )


def test_a_milestone_is_told_of_once_in_a_lifetime() -> None:
    reached = _reached(TODAY, late=False)
    [signal] = of_milestones(reached, NOTHING_TOLD, since=ago(3))
    assert (signal.name, signal.milestone, signal.reason) == (
        "milestone_reached",
        "first_7",
        "Reached in time",
    )
    assert of_milestones(reached, _told("milestone_reached", ago(300)), since=ago(3)) == []
    assert of_milestones(_reached(ago(4), late=False), NOTHING_TOLD, since=ago(3)) == []
    [late] = of_milestones(_reached(TODAY, late=True), NOTHING_TOLD, since=ago(3))
    assert late.reason == "Reached late"


def test_a_band_that_is_left_for_good_is_told_of_with_the_reasons() -> None:
    weighed = pl.DataFrame(
        {
            "account_id": ["acme"] * 4,
            "moved_by": ["rules", "exports", "seats", "small"],
            "points": [2.2, -7.4, -1.2, -0.4],
        }
    )
    [signal] = of_accounts(CARD, _scored(75, 75, 67), weighed, NOTHING_TOLD, days=(ago(3), TODAY))
    assert (signal.name, signal.account_id, signal.since_on) == ("band_changed", "acme", TODAY)
    assert signal.told == {"band": "watch", "from_band": "steady", "score": 67.0, "before": 75.0}
    assert signal.reason == "Reports exported −7, Rules of the score +2"


def test_a_score_at_the_edge_does_not_flicker() -> None:
    assert _bands(71, 69) == []
    assert _bands(69, 71) == []
    assert _bands(71, 68) == []
    assert _bands(71, 67.9) == ["steady to watch"]
    assert _bands(69, 72) == ["watch to steady"]


def test_a_slow_drift_out_of_a_band_is_told_of_when_it_is_past_the_edge() -> None:
    assert _bands(75, 69, 69, 69, 69, 69, 69, 67) == ["steady to watch"]


def test_the_band_last_told_of_is_the_one_to_leave() -> None:
    told = _told("band_changed", ago(2), person=None, band="watch")
    assert _bands(75, 75, 67, 67, told=told) == []
    assert _bands(75, 67, 67, 73, told=told) == ["watch to steady"]
    older = _told("band_changed", ago(40), person=None, band="watch")
    assert _bands(75, 75, 75, told=older) == [], "told of under rules or scores that are no longer looked at"


def test_two_edges_may_be_crossed_at_once() -> None:
    assert _bands(75, 40) == ["steady to at_risk"]
    assert _bands(40, 51) == []
    assert _bands(40, 53) == ["at_risk to watch"]


def test_an_account_without_a_score_today_has_no_news() -> None:
    assert of_accounts(CARD, _scored(75, None), NOTHING_WEIGHED, NOTHING_TOLD, days=(ago(3), TODAY)) == []


def test_new_rules_are_not_news_of_a_customer() -> None:
    scored = _scored(75, 75, 40).with_columns(version=pl.Series([1, 1, 2]))
    assert of_accounts(CARD, scored, NOTHING_WEIGHED, NOTHING_TOLD, days=(ago(3), TODAY)) == []
    other = _scored(75, 75, 40).with_columns(scorecard=pl.Series(["old", "old", "new"]))
    assert of_accounts(CARD, other, NOTHING_WEIGHED, NOTHING_TOLD, days=(ago(3), TODAY)) == []


def test_a_fall_is_told_of_once_in_its_days() -> None:
    assert _falls(90, 81) == []
    assert _falls(90, 80) == [(80.0, 90.0)]
    assert _falls(90, 80, told=_told("score_fell", ago(13), person=None)) == []
    assert _falls(90, 80, told=_told("score_fell", ago(14), person=None)) == [(80.0, 90.0)]


def test_a_fall_counts_from_the_highest_score_of_its_days() -> None:
    assert _falls(72, 90, 79) == [(79.0, 90.0)]
    assert _falls(90, *[79] * 15) == [], "it was that high fifteen days ago"


def _bands(*scores: float | None, told: pl.DataFrame = NOTHING_TOLD) -> list[str]:
    found = of_accounts(CARD, _scored(*scores), NOTHING_WEIGHED, told, days=(ago(3), TODAY))
    return [f"{s.told['from_band']} to {s.told['band']}" for s in found if s.name == "band_changed"]


def _falls(*scores: float, told: pl.DataFrame = NOTHING_TOLD) -> list[tuple[float, float]]:
    found = of_accounts(CARD, _scored(*scores), NOTHING_WEIGHED, told, days=(ago(3), TODAY))
    return [(s.told["score"], s.told["before"]) for s in found if s.name == "score_fell"]


def _scored(*scores: float | None) -> pl.DataFrame:
    rows = [_score(ago(len(scores) - 1 - nr), score) for nr, score in enumerate(scores)]
    schema = {
        "account_id": pl.String,
        "on_day": pl.Date,
        "score": pl.Float64,
        "band": pl.String,
        "scorecard": pl.String,
        "version": pl.Int64,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")


def _score(day: date, score: float | None) -> tuple[Any, ...]:
    return ("acme", day, None if score is None else float(score), CARD.bands.of(score).value, "health", 1)


def _stands(standing: str, since_on: date, *, odds: float | None = None) -> pl.DataFrame:
    missing = (
        '[{"clause":"first_7.0","missed":"Never exported"},{"clause":"first_7.1","missed":"No schedule"}]'
    )
    return pl.DataFrame(
        {
            "person_id": ["ada"],
            "account_id": ["acme"],
            "journey": ["analyst"],
            "standing": [standing],
            "milestone": ["first_7"],
            "since_on": [since_on],
            "missing": [missing],
            "odds": [odds],
            "low": [None if odds is None else odds - 0.1],
            "high": [None if odds is None else odds + 0.1],
            "people": [None if odds is None else 412],
        }
    )


def _reached(met_on: date, *, late: bool) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "person_id": ["ada"],
            "account_id": ["acme"],
            "journey": ["analyst"],
            "milestone": ["first_7"],
            "met_on": [met_on],
            "late": [late],
        }
    )


def _told(name: str, on: date, *, person: str | None = "ada", band: str | None = None) -> pl.DataFrame:
    about = ("analyst", "first_7") if person else (None, None)
    return pl.DataFrame([(name, person, "acme", *about, band, on)], schema=TOLD, orient="row")
