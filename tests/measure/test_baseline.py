"""The baseline of a tale: a year of weeks, a fall at the end, and what is said when nothing can be expected."""

from datetime import timedelta

import msgspec
import numpy as np
import polars as pl
import pytest

from tests.tale import Tale, day
from waypost.measure import Counted, Prior, Subjects, expected_weeks, group_prior

LAST = 139
WORKING_DAYS = 5


@pytest.fixture(scope="module")
def town() -> Tale:
    """Eight accounts whose one person comes every working day for twenty weeks; Acme's stays away in the last two."""
    tale = Tale("acme")
    for nr in range(8):
        account = "acme" if nr == 0 else f"other{nr}"
        tale.at(account).by(f"person{nr}").joins(f"person{nr}", on=0)
        for on in range(LAST + 1):
            gone = nr == 0 and on > LAST - 14
            if (day(on).weekday() < WORKING_DAYS) and not gone:
                tale.uses("sign_in", on=on)
    tale.on_day(LAST).round()
    return tale


def counted(town: Tale, what: str = "uses") -> Counted:
    accounts = Subjects.accounts(["acme", *(f"other{nr}" for nr in range(1, 8))])
    return Counted.read(town.workspace.warehouse, accounts, day(LAST), what=what)


def test_weeks_and_days_are_counted_as_they_were(town: Tale) -> None:
    found = counted(town)
    assert found.ids == sorted(found.ids)
    assert found.weekly[1, -20:].tolist() == [5.0] * 20
    assert found.weekly[0, -3:].tolist() == [5.0, 0.0, 0.0]
    assert found.weekly[:, :-20].sum() == 0
    assert found.daily[1].sum() == 100
    assert counted(town, "people").weekly[1, -1] == 1
    assert found.exposure()[1, -20:] == pytest.approx(1)
    assert found.exposure()[1, :-20].sum() == 0, "before it was known there is nothing to expect"


def test_who_stays_away_is_called_and_nobody_else(town: Tale) -> None:
    group = counted(town)
    found = expected_weeks(group, group_prior(group), group.ids)
    fell = found.filter("fell")
    assert fell.select("subject_id", "week").rows() == [("acme", 1), ("acme", 0)]
    newest = found.filter((pl.col("subject_id") == "acme") & (pl.col("week") == 1)).row(0, named=True)
    assert newest["last_on"] == day(LAST) - timedelta(days=7)
    assert newest["seen"] == 0
    assert newest["expected"] == pytest.approx(5, abs=0.4)
    assert 0 < newest["low"] <= 5 <= newest["high"]


def test_of_a_week_with_a_late_day_nothing_is_expected_and_nothing_is_learnt(town: Tale) -> None:
    group = counted(town)
    late = [day(LAST - 2)]
    prior = group_prior(group, late=late)
    found = expected_weeks(group, prior, group.ids, late=late)
    newest = found.filter(pl.col("week") == 0)
    assert set(newest["why"]) == {"a source was late on some of its days, and their use may still come"}
    assert not newest.select(pl.any_horizontal("fell", "rose", "faded").any()).item()
    assert found.filter("fell").select("subject_id", "week").rows() == [("acme", 1)]
    assert newest.filter(pl.col("subject_id") != "acme")["seen"].to_list() == [5] * 7, "what came is told"
    before = day(LAST - 30)
    spared = expected_weeks(group, group_prior(group, late=[before]), group.ids, late=[before])
    mine = spared.filter(pl.col("subject_id") == "other1").sort("week")
    assert mine["expected"][0] == pytest.approx(5, abs=0.4)


def test_four_weeks_together_fade_where_one_alone_proves_nothing() -> None:
    chance = np.random.default_rng(11)
    weekly = chance.poisson(6, (80, 40)).astype(float)
    weekly[0, -4:] = [2, 2, 3, 2]
    group = Counted(
        ids=[f"a{nr:02}" for nr in range(80)],
        cutoff=day(LAST),
        weekly=weekly,
        daily=np.repeat(weekly / 7, 7, axis=1),
        spans=[(day(-400), None)] * 80,
    )
    prior = Prior(rate=6, shape=30, keep=0.97, noise=1e6, spread=1, season=0.001)
    newest = expected_weeks(group, prior, group.ids).filter(pl.col("week") == 0)
    assert newest.filter("faded")["subject_id"].to_list() == ["a00"]
    mine = newest.filter(pl.col("subject_id") == "a00").row(0, named=True)
    assert (mine["fell"], mine["seen_month"]) == (False, 9)
    assert mine["expected_month"] == pytest.approx(24, abs=4)


def test_the_rates_of_both_calls_together_hold() -> None:
    chance = np.random.default_rng(12)
    weekly = chance.poisson(chance.gamma(2, 10, 300)[:, None], (300, 40)).astype(float)
    group = Counted(
        ids=[f"a{nr:03}" for nr in range(300)],
        cutoff=day(LAST),
        weekly=weekly,
        daily=np.repeat(weekly / 7, 7, axis=1),
        spans=[(day(-400), None)] * 300,
    )
    found = expected_weeks(group, group_prior(group), group.ids, false_alarms=0.02)
    there = found.filter(pl.col("why").is_null())
    called = there.select(pl.any_horizontal("fell", "faded").mean()).item()
    assert 0.001 < called <= 0.02 * 1.2
    assert there.filter(pl.col("fell") & pl.col("rose")).is_empty()


def test_without_history_nothing_is_expected_and_the_reason_is_said() -> None:
    tale = Tale("acme").joins("ada").uses("sign_in").on_day(10).uses("sign_in")
    tale.at("beta").joins("cleo").uses("sign_in").on_day(11).round()
    group = Counted.read(tale.workspace.warehouse, Subjects.accounts(["acme", "beta"]), day(10))
    found = expected_weeks(group, group_prior(group), ["acme"]).filter(pl.col("week") == 0)
    assert found["expected"].to_list() == [None]
    assert found["why"].item() in (
        "there are less than 4 weeks of history before it",
        "there is nobody like it to compare with yet",
    )
    alone = expected_weeks(group, None, ["acme", "gone"])
    assert alone["subject_id"].unique().to_list() == ["acme"]
    assert set(alone["why"]) == {"there is nobody like it to compare with yet"}
    nobody = Counted.read(tale.workspace.warehouse, Subjects.accounts(["gone"]), day(10))
    assert group_prior(nobody) is None
    assert nobody.together(group).ids == group.ids


def test_a_holiday_is_expected_to_be_quiet(town: Tale) -> None:
    group = counted(town)
    holidays = [day(LAST - 7 * back - nr) for back in range(1) for nr in range(7)]
    quiet = group.weekly.copy()
    quiet[:, -1] = 0
    daily = group.daily.copy()
    daily[:, -7:] = 0
    off = Counted(ids=group.ids, cutoff=group.cutoff, weekly=quiet, daily=daily, spans=group.spans)
    # Two accounts are no group that could tell a common week, so only the calendar can.
    few = Counted(
        ids=off.ids[1:3], cutoff=off.cutoff, weekly=quiet[1:3], daily=daily[1:3], spans=off.spans[1:3]
    )
    prior = group_prior(group)
    called = expected_weeks(few, prior, few.ids).filter((pl.col("week") == 0) & pl.col("fell"))
    spared = expected_weeks(few, prior, few.ids, holidays=holidays).filter(
        (pl.col("week") == 0) & pl.col("fell")
    )
    assert called.height == 2
    assert spared.height == 0


def test_no_more_people_are_expected_than_have_access_nor_more_days_than_a_week_has(town: Tale) -> None:
    tale = Tale("acme")
    chance = np.random.default_rng(5)
    for nr in range(8):
        tale.at("acme" if nr == 0 else f"other{nr}")
        for each in range(8):
            tale.joins(f"p{nr}{each}", on=0)
            for week in range(20):
                if chance.random() < 0.85:
                    tale.uses("sign_in", on=7 * week + int(chance.integers(0, 7)))
        if nr == 1:
            tale.on_day(100).by("p10").leaves().by("p11").leaves().on_day(0)
    tale.on_day(LAST).round()
    group = Counted.read(
        tale.workspace.warehouse,
        Subjects.accounts(["acme", *(f"other{nr}" for nr in range(1, 8))]),
        day(LAST),
        what="people",
    )
    assert group.most is not None
    assert group.most[0, -20:].tolist() == [8.0] * 20
    assert group.most[1, -1] == max(6, group.weekly[1, -1])
    found = expected_weeks(group, group_prior(group), group.ids).filter(pl.col("expected").is_not_null())
    assert found.filter((pl.col("subject_id") != "other1") & (pl.col("high") > 8)).is_empty()
    assert found.filter(pl.col("expected") >= 8).is_empty()
    free = expected_weeks(msgspec.structs.replace(group, most=None), group_prior(group), group.ids).filter(
        pl.col("expected").is_not_null()
    )
    assert free.filter(pl.col("high") > 8).height, "without the limit more would be expected than there are"
    days = counted(town, "person_days")
    assert days.most is not None
    assert days.most[1, -1] == 7, "one person has seven days a week"


def test_who_could_come_and_came_has_not_faded() -> None:
    weekly = np.repeat([[6.0]], 40, axis=0).repeat(40, axis=1)
    weekly[0, -4:] = 2
    group = Counted(
        ids=[f"a{nr:02}" for nr in range(40)],
        cutoff=day(LAST),
        weekly=weekly,
        daily=np.repeat(weekly / 7, 7, axis=1),
        spans=[(day(-400), None)] * 40,
    )
    prior = Prior(rate=6, shape=30, keep=0.97, noise=1e6, spread=1, season=0.001)

    def newest(most: float) -> dict[str, object]:
        limits = np.full_like(weekly, 9.0)
        limits[0, -4:] = most
        told = expected_weeks(msgspec.structs.replace(group, most=limits), prior, ["a00"])
        return told.filter(pl.col("week") == 0).row(0, named=True)

    assert newest(9)["faded"] is True
    assert (newest(2)["faded"], newest(2)["expected_month"], newest(2)["high"]) == (False, 8, 2)
