"""Leave and seasonal closes stop the clock of journeys; each standing reaches the store by a real round."""

from datetime import timedelta

from tests.laws.state import differences, state_of
from tests.tale import FIRST, Tale


def _iso(day: int) -> str:
    return (FIRST + timedelta(days=day)).isoformat()


def test_no_deadline_passes_while_somebody_is_on_leave() -> None:
    tale = Tale("acme").joins("ada").on_day(3).tells("pause", "began").on_day(12).tells("pause", "ended")
    assert tale.standings() == [(0, "not_started", "first_7")], (
        "nine days away: day 12 is day 3 of the journey"
    )
    assert tale.on_day(15).standings()[-1] == (15, "at_risk", "first_7")
    assert tale.on_day(16).standing() == "at_risk"
    assert tale.on_day(17).standings()[-1] == (17, "strayed", "first_7")


def test_a_leave_without_an_end_lasts() -> None:
    tale = Tale("acme").joins("ada").on_day(5).tells("pause", "began")
    assert tale.on_day(60).standings() == [(0, "not_started", "first_7")]
    tale.tells("pause", "ended")
    assert tale.on_day(63).standings()[-2:] == [(61, "at_risk", "first_7"), (63, "strayed", "first_7")]


def test_a_day_of_return_that_was_told_ahead_needs_no_second_word() -> None:
    tale = Tale("acme").joins("ada").on_day(2).tells("pause", "began", until=_iso(10))
    assert tale.on_day(15).standing() == "at_risk"
    assert tale.on_day(16).standings()[-1] == (16, "strayed", "first_7")


def test_a_seasonal_close_stops_the_clock_of_everybody_at_the_account_and_of_nobody_else() -> None:
    tale = Tale("acme").joins("ada").joins("ben").at("beta").joins("cleo").at("acme")
    tale.on_day(1).by_nobody("pause", "began", until=_iso(21)).on_day(20)
    assert tale.standing("ada") == tale.standing("ben") == "not_started"
    assert tale.at("beta").standing("cleo") == "strayed"
    assert tale.at("acme").on_day(28).standing("ada") == "strayed"


def test_whoever_uses_the_product_is_not_away() -> None:
    tale = (
        Tale("acme").joins("ada").on_day(2).tells("pause", "began", until=_iso(40)).on_day(6).uses("export")
    )
    assert tale.standings() == [(0, "not_started", "first_7"), (6, "on_path", "first_7")]
    assert tale.on_day(12).standings()[-1] == (12, "on_path", "first_30"), (
        "four days away, so day 12 is day 8"
    )


def test_habits_are_not_lost_on_leave() -> None:
    tale = Tale("acme").joins("ada").uses("export").uses("share").on_day(40).uses("export", 2)
    tale.on_day(50).tells("pause", "began", until=_iso(80))
    assert tale.on_day(97).standing() == "sustained"
    assert tale.on_day(98).standings()[-1] == (98, "lapsed", "sustained")


def test_leave_within_a_close_counts_once() -> None:
    tale = Tale("acme").joins("ada").on_day(2).by_nobody("pause", "began", until=_iso(12))
    tale.on_day(5).tells("pause", "began", until=_iso(8))
    assert tale.on_day(17).standing() == "at_risk"
    assert tale.on_day(18).standing() == "strayed"


def test_pauses_come_out_the_same_of_rounds_and_of_a_replay() -> None:
    tale = Tale("acme").joins("ada").joins("ben").on_day(3).by("ada").tells("pause", "began").lives_to(9)
    tale.by_nobody("pause", "began", on=6, until=_iso(11)).lives_to(14)
    tale.by("ada").tells("pause", "ended", on=10).lives_to(16)
    lived = state_of(tale.workspace)
    tale.workspace.replay()
    assert differences(lived, state_of(tale.workspace)) == {}
