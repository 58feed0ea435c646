from datetime import timedelta

import polars as pl
import pytest

from tests.learn.simulated import FIRST, company, known
from waypost.learn import as_known_on, fit_odds, mornings, odds_of, outdone_by, sense, split_day


def _spell(nr: int, odds: list[float], *, met: bool) -> pl.DataFrame:
    """Return one person with these odds on the mornings of days 1, 2, …; the milestone is due on day 8."""
    return pl.DataFrame({"odds": odds}).with_columns(
        spell=pl.lit(nr),
        person_id=pl.lit(f"p{nr}"),
        account_id=pl.lit(f"a{nr % 3}"),
        milestone=pl.lit("first"),
        window_days=pl.lit(8),
        began_on=pl.lit(FIRST),
        due_on=pl.lit(FIRST + timedelta(days=8)),
        left_days=8 - pl.int_range(pl.len()),
        on_day=pl.date_range(FIRST + timedelta(days=1), FIRST + timedelta(days=len(odds)), eager=True),
        met=pl.lit(met),
        share_met=pl.lit(0.0),
    )


def test_calls_are_counted_against_what_came_of_them() -> None:
    days = pl.concat(
        [
            _spell(1, [0.9, 0.7, 0.3, 0.3, 0.3, 0.2, 0.1, 0.1], met=False),
            _spell(2, [0.9, 0.9, 0.9, 0.9, 0.9, 0.9, 0.8, 0.3], met=False),
            _spell(3, [0.9, 0.3, 0.9], met=True),
            _spell(4, [0.9, 0.9], met=True),
        ]
    )
    report = sense(days, FIRST)
    assert report.odds is not None
    assert (report.people, report.strayed, report.days) == (4, 2, 21)
    assert (report.odds.precision.count, report.odds.precision.of) == (2, 3)
    assert (report.odds.recall.count, report.odds.recall.of) == (2, 2)
    assert (report.odds.early.count, report.odds.lead_days) == (1, (6 + 1) / 2)
    # The rule calls both on day 7, two days before they stray.
    assert (report.rule.precision.count, report.rule.precision.of, report.rule.lead_days) == (2, 2, 2)
    assert (report.rule.early.count, report.rule.recall.count) == (0, 2)


def test_odds_that_call_no_better_than_the_rule_are_outdone() -> None:
    early = [_spell(nr, [0.9, 0.7, 0.3, 0.3, 0.3, 0.2, 0.1, 0.1], met=False) for nr in range(6)]
    in_vain = [_spell(nr, [0.9, 0.3, 0.9], met=True) for nr in range(6, 9)]
    [tried] = sense(pl.concat([*early, *in_vain]), FIRST).tried
    assert (tried.milestone, tried.people, tried.strayed) == ("first", 9, 6)
    assert (tried.odds.in_time, tried.odds.for_nothing) == (6, 3)
    assert (tried.rule.in_time, tried.rule.for_nothing) == (0, 0), "the rule calls on the last two days"
    assert tried.odds.worth == pytest.approx(6 - 3 * 1.5)
    assert not tried.outdone
    more = [_spell(nr, [0.9, 0.3, 0.9], met=True) for nr in range(9, 10)]
    [tried] = sense(pl.concat([*early, *in_vain, *more]), FIRST).tried
    assert (tried.odds.worth, tried.rule.worth) == (0, 0)
    assert tried.outdone, "no better is not better"
    assert outdone_by(tried) == (
        "tried on 10 people who came later, the odds were no better than the rule: they called 6 of 6 strays 3 days "
        "ahead and 4 people for nothing, the rule 0 and 0"
    )
    [tried] = sense(pl.concat([_spell(1, [0.9, 0.9], met=True)]), FIRST).tried
    assert not tried.outdone, "where neither called anybody nothing is known against the odds"


def test_the_calibration_curve_says_of_how_many_people() -> None:
    report = sense(pl.concat([_spell(nr, [0.85, 0.81], met=nr > 1) for nr in range(10)]), FIRST)
    assert [(each.low, each.high, each.people, each.met.of, each.met.share) for each in report.bins] == [
        (0.8, 0.9, 10, 20, 0.8)
    ]
    assert report.bins[0].odds == pytest.approx(0.83)
    assert report.brier == pytest.approx(0.16, abs=0.01)


def test_where_history_was_too_short_nothing_is_judged() -> None:
    short = _spell(1, [0.5], met=False).with_columns(odds=pl.lit(None, dtype=pl.Float64))
    report = sense(short, FIRST)
    assert (report.odds, report.brier, report.people, report.bins) == (None, None, 0, [])
    assert report.rule.recall.of == 0
    assert report.rule.lead_days is None


def test_time_is_split_where_seven_in_ten_had_begun() -> None:
    spells = company(200)
    split = split_day(spells)
    assert split is not None
    assert (spells["began_on"] < split).mean() == pytest.approx(0.7, abs=0.02)
    assert split_day(spells.clear()) is None


def test_odds_beat_the_same_odds_for_all_on_people_never_seen() -> None:
    spells = company(1_500)
    split = split_day(spells)
    assert split is not None
    history = known(mornings(spells, most_people=4_000, per_person=8))
    model = fit_odds(as_known_on(history, split))
    after = known(mornings(spells.filter(pl.col("began_on") >= split), most_people=2_000, per_person=99))
    report = sense(after.hstack(odds_of(model, after)), split)
    assert report.brier is not None
    assert report.brier_base is not None
    assert report.brier < 0.9 * report.brier_base
    within = [each for each in report.bins if each.people >= 30]
    assert within
    assert all(each.met.low is not None and each.met.low - 0.06 < each.odds for each in within)
    assert all(each.met.high is not None and each.odds < each.met.high + 0.06 for each in within)
