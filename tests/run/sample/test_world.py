import numpy as np
import pytest

from tests.run.sample.conftest import NOW, TODAY, ZONE
from waypost.run.sample.calendar import DAYS, NEVER, calendar
from waypost.run.sample.paths import HELD_OUT
from waypost.run.sample.world import World, world


@pytest.fixture(scope="module")
def whole() -> World:
    """Return a world of full size: shares of small ones are too unsteady to judge."""
    return world(3, calendar(TODAY, NOW, ZONE), 1.0)


def test_there_are_enough_accounts_and_people_in_three_tiers(whole: World) -> None:
    assert len(whole.cast) >= 150
    assert len(whole.who) >= 5_000
    assert set(whole.cast.tiers) == {"enterprise", "growth", "self_serve"}
    assert 18 <= (whole.cast.tiers == "enterprise").sum() <= 25


def test_ids_and_addresses_are_unique(whole: World) -> None:
    for column in (whole.cast.ids, whole.cast.names, whole.who.ids, whole.who.emails):
        assert len(set(column)) == len(column)
    assert all(email.isascii() for email in whole.who.emails)


def test_many_names_are_written_with_letters_beyond_ascii(whole: World) -> None:
    beyond = [
        not f"{given}{family}".isascii()
        for given, family in zip(whole.who.given, whole.who.family, strict=True)
    ]
    assert 0.2 < np.mean(beyond) < 0.8


def test_every_story_is_told_somewhere(whole: World) -> None:
    stories = {
        "steady", "expansion", "onboarding_wave", "seasonal", "champion_left", "silent_churn", "ticket_storm",
        "recovery", "gone_dark", "brand_new", "halcyon",
    }  # fmt: skip
    assert set(whole.cast.stories) == stories


def test_weekdays_are_busy_and_weekends_are_not(whole: World) -> None:
    weekday = whole.days.weekday[whole.seen.day]
    a_weekday, a_weekend_day = (weekday < 5).sum() / 5, (weekday >= 5).sum() / 2
    assert 8 < a_weekday / a_weekend_day < 40


def test_august_is_quieter_than_october_in_europe(whole: World) -> None:
    months = np.array([day.month for day in whole.days.dates])[whole.seen.day]
    here = np.isin(whole.who.place[whole.seen.person], range(5))
    grown = {month: (here & (months == month)).sum() for month in (8, 10)}
    assert grown[8] < 0.85 * grown[10]


def test_strays_are_a_believable_share_at_each_milestone(whole: World) -> None:
    who, way = whole.who, whole.way
    for milestone, due, low, high in ((0, 7, 0.12, 0.32), (1, 30, 0.18, 0.42), (2, 60, 0.2, 0.5)):
        had_time = (who.joined + due < DAYS) & (who.left > who.joined + due) & ~who.plays("executive")
        missed = way.reach[milestone][had_time] > due
        assert low < missed.mean() < high


def test_nobody_acts_before_joining_or_after_leaving_or_when_the_account_is_silent(whole: World) -> None:
    person, day = whole.seen.person, whole.seen.day
    assert (day >= whole.who.joined[person]).all()
    assert (day < whole.who.left[person]).all()
    assert (whole.mood[whole.who.account[person], day] > 0).all()


def test_everybody_joins_a_running_account(whole: World) -> None:
    assert (whole.who.joined >= whole.cast.live[whole.who.account]).all()
    assert (whole.who.left > whole.who.joined).all()


def test_a_fifth_of_the_accounts_is_held_out_of_each_play_all_people_alike(whole: World) -> None:
    for held_out in whole.way.held_out.values():
        of_account = [set(held_out[whole.who.account == account]) for account in range(len(whole.cast))]
        assert all(len(each) == 1 for each in of_account)
        assert np.mean([each == {True} for each in of_account]) == pytest.approx(HELD_OUT, abs=0.01)


def test_those_written_to_come_back_oftener(whole: World) -> None:
    who, way = whole.who, whole.way
    strayed = (who.like("never_came") | who.like("strays_first_week")) & (
        who.joined + 8 >= whole.days.day(168)
    )
    strayed &= who.joined + 8 <= whole.days.day(9)
    back = way.reach[0] <= 8 + 14
    held = way.held_out["first_week_back"]
    assert back[strayed & ~held].mean() > back[strayed & held].mean() + 0.12


def test_some_never_come_and_some_leave_everything_to_a_job(whole: World) -> None:
    active_days = np.bincount(whole.seen.person, minlength=len(whole.who))
    assert 0.03 < (active_days == 0).mean() < 0.15
    forgot = whole.who.like("automated_only") & (whole.way.fades < 60)
    late = whole.seen.day > (whole.who.joined + 90)[whole.seen.person]
    assert forgot[whole.seen.person[late]].mean() < 0.01


def test_a_small_world_keeps_halcyon_and_its_people() -> None:
    small = world(3, calendar(TODAY, NOW, ZONE), 0.02)
    here = small.who.account == 0
    assert small.cast.names[0] == "Halcyon Freight"
    assert (here & (small.who.left == NEVER)).sum() == 214
    assert len(small.cast) == 10
