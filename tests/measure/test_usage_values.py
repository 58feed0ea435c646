"""Usage measures of Acme, each with its value and its items worked out by hand."""

from datetime import datetime, timedelta

import msgspec
import polars as pl
import pytest

from tests.tale import CATALOGUE, Tale, day
from waypost.core import Event
from waypost.measure import (
    SWEPT,
    USAGE_MEASURES,
    Catalogue,
    MeasureLevel,
    Subjects,
    measures_of,
    usage_items,
    usage_measure,
    usage_sweep,
    usage_values,
)

KNOWS = Catalogue.from_document(CATALOGUE, where="tale")


@pytest.fixture(scope="module")
def acme() -> Tale:
    """Ada exports on three days and shares once; a job exports for her; Ben has access and never comes."""
    tale = Tale("acme").signs(seats=4, value=100, starts_on="2026-08-03", renews_on="2027-08-03")
    tale.joins("ada").uses("export", 2, rows=10).joins("ben").by("ada")
    tale.on_day(1).uses("export", rows=5).uses("export_run", 3, rows=100)
    tale.on_day(9).uses("share").uses("sign_in").sets("schedule", "on")
    tale.on_day(12).sets("schedule", "off")
    tale.at("beta").joins("cleo").uses("sign_in").at("acme").by("ada")
    tale.on_day(40).uses("sign_in").on_day(50).round()
    return tale


def value(
    tale: Tale,
    key: str,
    nr: int,
    actor: str = "human",
    subjects: Subjects | None = None,
    feature: str | None = None,
) -> float | str | None:
    """Return the value of a measure on a day, or the reason why there is none; its items must add up to it."""
    measure = usage_measure(key)
    assert measure
    of = subjects or Subjects.accounts(["acme"])
    asked = tale.workspace.warehouse
    row = usage_values(asked, [measure], of, [day(nr)], KNOWS, feature).row(
        by_predicate=pl.col("actor") == actor, named=True
    )
    listed = items(tale, key, nr, actor, of, feature)
    assert (row["value"] is None) == (row["why"] is not None)
    assert row["value"] is None or sum(listed.values()) == pytest.approx(row["value"], abs=1e-9)
    assert row["items"] == len(listed)
    return row["value"] if row["value"] is not None else str(row["why"])


def items(
    tale: Tale,
    key: str,
    nr: int,
    actor: str = "human",
    subjects: Subjects | None = None,
    feature: str | None = None,
) -> dict[str, float]:
    """Return what a measure is a sum over."""
    measure = usage_measure(key)
    assert measure
    of = subjects or Subjects.accounts(["acme"])
    found = usage_items(tale.workspace.warehouse, measure, of, [day(nr)], KNOWS, feature)
    return dict(found.filter(pl.col("actor") == actor).select("item", "value").rows())


ADA = Subjects.people(["ada"])
BOTH = Subjects.segments({"everybody": ["acme", "beta"]})


@pytest.mark.parametrize(
    ("key", "nr", "expected"),
    [
        ("active_days_7", 6, 2.0),
        ("active_days_7", 7, 1.0),
        ("active_days_28", 12, 3.0),
        ("active_days_90", 50, 4.0),
        ("days_since_use", 12, 3.0),
        ("days_since_use", 40, 0.0),
        ("weeks_active_12", 50, 3.0),  # the weeks that end on days 50 (no), 43, 15, 8 and 1: 40 | 9 | 0, 1
        ("dau", 9, 1.0),
        ("dau", 10, 0.0),
        ("wau", 8, 0.0),
        ("mau", 12, 1.0),
        ("l7", 1, 2.0),
        ("l28", 12, 3.0),
        ("stickiness_28", 12, 3 / 28),
        ("rhythm_28", 12, 3.0),
        ("breadth_core_28", 12, 1.0),
        ("breadth_core_28", 5, 0.5),
        ("features_28", 12, 3.0),
        ("depth_core_28", 12, 1.5),  # exports on two days, shares on one
        ("features_ever", 8, 1.0),
        ("features_adopted_28", 12, 3.0),
        ("features_adopted_28", 50, 0.0),
        ("features_abandoned_28", 40, 1.0),  # exports: two days; shares were used on one day only
        ("uses_28", 12, 5.0),
        ("uses_per_person_28", 12, 5.0),
        ("uses_per_seat_28", 12, 1.25),
        ("seat_use_28", 12, 0.25),
    ],
)
def test_an_account_s_use_by_people(acme: Tale, key: str, nr: int, expected: float) -> None:
    assert value(acme, key, nr) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        ("active_days_28", 1.0),
        ("uses_28", 3.0),
        ("mau", 1.0),
        ("breadth_core_28", 0.5),
        ("features_ever", 1.0),
    ],
)
def test_automated_use_is_counted_apart(acme: Tale, key: str, expected: float) -> None:
    assert value(acme, key, 12, "automated") == pytest.approx(expected)


def test_a_quantity_and_its_uses_are_those_of_one_feature(acme: Tale) -> None:
    assert value(acme, "feature_uses_28", 12, feature="export") == 3.0
    assert value(acme, "feature_quantity_28", 12, feature="export") == 25.0
    assert value(acme, "feature_quantity_28", 12, "automated", feature="export") == 300.0
    assert items(acme, "feature_quantity_28", 12, feature="export") == {
        "2026-08-03 ada": 20.0,
        "2026-08-04 ada": 5.0,
    }
    assert value(acme, "feature_quantity_28", 12, feature="share") == (
        "no event of this feature in the window says a quantity"
    )


def test_settings_say_their_value_their_change_and_whether_it_is_wanted(acme: Tale) -> None:
    assert value(acme, "settings_wanted", 8, "all") == "no setting has been seen"
    assert value(acme, "settings_wanted", 9, "all") == 1.0
    assert value(acme, "settings_wanted", 12, "all") == 0.0
    assert value(acme, "settings_known", 12, "all") == 1.0
    assert value(acme, "settings_changed_90", 12, "all") == 2.0
    measure = usage_measure("settings_known")
    assert measure
    found = usage_items(
        acme.workspace.warehouse, measure, Subjects.accounts(["acme"]), [day(11), day(12)], KNOWS
    )
    assert found.select("on_day", "feature", "detail", "person_id").rows() == [
        (day(11), "schedule", "on", "ada"),
        (day(12), "schedule", "off", "ada"),
    ]


def test_seats_are_active_idle_or_never_used(acme: Tale) -> None:
    for nr, expected in ((12, (2.0, 1.0, 0.0, 1.0)), (39, (2.0, 0.0, 1.0, 1.0)), (40, (2.0, 1.0, 0.0, 1.0))):
        keys = ("people_provisioned", "people_active_28", "people_idle_28", "people_never_used")
        assert tuple(value(acme, key, nr, "all") for key in keys) == expected
    assert items(acme, "people_never_used", 12, "all") == {"ben": 1.0}


def test_who_left_is_no_seat_any_more() -> None:
    tale = Tale("acme").joins("ada").on_day(3).leaves().on_day(5)
    tale.round()
    assert [value(tale, "people_provisioned", nr, "all") for nr in (2, 3)] == [1.0, 0.0]


def test_a_person_is_measured_wherever_they_are(acme: Tale) -> None:
    assert value(acme, "active_days_28", 12, subjects=ADA) == 3.0
    assert value(acme, "features_ever", 12, subjects=ADA) == 3.0
    assert value(acme, "days_since_use", 12, subjects=Subjects.people(["ben"])) == "nothing was ever used"
    assert value(acme, "active_days_28", 12, subjects=Subjects.people(["ben"])) == 0.0


def test_a_segment_is_all_its_accounts_together(acme: Tale) -> None:
    assert value(acme, "mau", 12, subjects=BOTH) == 2.0
    assert value(acme, "uses_28", 12, subjects=BOTH) == 6.0
    # Beta has no contract: its use is no use of Acme's seats.
    assert value(acme, "uses_per_seat_28", 12, subjects=BOTH) == 1.25


def test_what_was_not_there_yet_is_unknown_and_not_zero(acme: Tale) -> None:
    beta = Subjects.accounts(["beta"])
    assert value(acme, "active_days_28", 11, subjects=beta) == "it was not known yet on that day"
    assert value(acme, "active_days_28", 12, subjects=beta) == 1.0
    assert value(acme, "stickiness_28", 12, "automated", subjects=beta) == "nobody was active in the window"
    assert (
        value(acme, "uses_per_seat_28", 12, subjects=beta)
        == "no contract in force says how many seats there are"
    )


def test_a_session_ends_after_half_an_hour_without_an_event() -> None:
    tale = Tale("acme").joins("ada")
    first_at = tale.an_event("track", "sign_in").happened_at.replace(second=0)
    for minutes, account in ((0, "acme"), (30, "acme"), (59, None), (90, "acme"), (91, "acme")):
        tale.told(_moved(tale, first_at + timedelta(minutes=minutes), account))
    tale.on_day(1).round()
    found = items(tale, "sessions_28", 0)
    assert [each[:16] for each in sorted(found)] == ["2026-08-03 12:00", "2026-08-03 13:30"]
    assert value(tale, "session_minutes_28", 0) == pytest.approx((59 + 1) / 2)
    assert value(tale, "sessions_28", 0, subjects=Subjects.people(["ada"])) == 2.0
    assert value(tale, "session_minutes_28", 0, subjects=Subjects.people(["ben"])) == (
        "it was not known yet on that day"
    )


def test_rows_of_a_query_source_are_records() -> None:
    tale = Tale("acme").joins("ada").tells("row", "export_run").tells("row", "export_run").on_day(1)
    tale.round()
    assert value(tale, "records_28", 0) == 2.0
    assert items(tale, "records_28", 0) == {"export_run": 2.0}


def test_one_pass_says_the_same_as_one_by_one(acme: Tale) -> None:
    cutoffs = [day(nr) for nr in (0, 5, 12, 40, 50)]
    for subjects in (Subjects.accounts(["acme", "beta"]), Subjects.people(["ada", "ben", "cleo"]), BOTH):
        swept = usage_sweep(acme.workspace.warehouse, subjects, cutoffs, KNOWS)
        measures = [each for each in measures_of(subjects.level) if each.key in SWEPT]
        each = usage_values(acme.workspace.warehouse, measures, subjects, cutoffs, KNOWS)
        order = ["measure", "subject_id", "on_day", "actor"]
        assert swept.sort(order).equals(each.sort(order))
        assert swept["value"].drop_nulls().sum() > 0


def test_every_measure_has_a_key_of_its_own_and_says_what_it_is() -> None:
    keys = [each.key for each in USAGE_MEASURES]
    assert len(set(keys)) == len(keys) > 30
    assert {each.key for each in USAGE_MEASURES if not each.meaning.endswith(".")} == set()
    assert {each.key for each in USAGE_MEASURES if each.over and not each.unknown} == set()
    assert SWEPT.keys() <= set(keys)
    assert all(measures_of(level) for level in MeasureLevel)


def _moved(tale: Tale, moment: datetime, account: str | None) -> Event:
    return msgspec.structs.replace(
        tale.an_event("track", "sign_in"), happened_at=moment, received_at=moment, account_id=account
    )


def test_nothing_asked_is_nothing_answered(acme: Tale) -> None:
    assert usage_values(acme.workspace.warehouse, [], ADA, [day(1)], KNOWS).height == 0
