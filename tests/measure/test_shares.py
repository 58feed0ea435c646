import pytest

from waypost.measure import share, survival


def test_a_share_has_wilsons_interval() -> None:
    # R 4.4: prop.test(8, 20, correct = FALSE)$conf.int gives 0.2188 and 0.6134.
    found = share(8, 20)
    assert (found.value, found.low, found.high) == pytest.approx((0.4, 0.2188, 0.6134), abs=5e-5)


def test_nobody_and_everybody_keep_an_open_side() -> None:
    assert (share(0, 10).low, share(10, 10).high) == (0.0, 1.0)
    assert share(0, 10).high == pytest.approx(0.2775, abs=5e-5)


def test_a_share_of_nobody_is_unknown_and_not_zero() -> None:
    assert share(0, 0).value is None


def test_the_curve_steps_down_where_somebody_is_gone() -> None:
    # Ten watched; one gone on day 2, one no longer watched after day 5, two gone on day 7.
    points = survival([(2, 1, 0), (5, 0, 1), (7, 2, 0), (9, 0, 6)]).points
    assert [(each.day, each.watched, each.gone) for each in points] == [(2, 10, 1), (7, 8, 2)]
    assert [each.value for each in points] == pytest.approx([0.9, 0.9 * 0.75])


def test_the_interval_is_greenwoods_on_the_log_log_scale() -> None:
    # By hand: S = 0.9, variance of log S = 1 / (10 * 9), theta = 1.959964 * sqrt(1/90) / |log 0.9|.
    point = survival([(1, 1, 0), (2, 0, 9)]).points[0]
    assert (point.low, point.high) == pytest.approx((0.4730, 0.9853), abs=5e-5)


def test_when_all_are_gone_nothing_stays() -> None:
    assert [each.value for each in survival([(0, 3, 0)]).points] == [0.0]


def test_a_curve_tells_who_is_there_when_a_day_begins() -> None:
    staying = survival([(0, 2, 0), (7, 4, 0), (20, 0, 4)])
    assert [(staying.at(day).value, staying.at(day).of) for day in (0, 1, 7, 8)] == [
        (1.0, 10),
        (pytest.approx(0.8), 10),
        (pytest.approx(0.8), 10),
        (pytest.approx(0.4), 10),
    ]


def test_while_nobody_is_gone_the_interval_is_that_of_a_share() -> None:
    found = survival([(30, 0, 10)]).at(14)
    assert found.value == 1.0
    assert found.low == pytest.approx(0.7225, abs=5e-5)


def test_beyond_the_last_who_was_watched_nothing_is_known() -> None:
    staying = survival([(3, 1, 0), (9, 0, 11)])
    assert staying.known_until == 9
    assert staying.at(10).value == pytest.approx(11 / 12)
    assert staying.at(11).value is None
    assert survival([]).at(1).value is None
    # Once all are gone nobody can come back.
    everybody = survival([(3, 5, 0)])
    assert (everybody.known_until, everybody.at(99).value) == (None, 0.0)


def test_only_those_who_are_still_watched_speak_for_a_day_while_nobody_is_gone() -> None:
    staying = survival([(5, 0, 90), (30, 0, 10)])
    assert [staying.watched_on(day) for day in (0, 5, 6, 30, 31)] == [100, 100, 10, 10, 0]
    assert (staying.at(6).of, staying.at(7).of) == (100, 10)
