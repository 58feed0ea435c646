from datetime import UTC, datetime, timedelta

from waypost.collect.pace import MOST_WAIT_S, Pace

NOON = datetime(2026, 6, 3, 12, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return NOON + timedelta(seconds=seconds)


def test_a_source_may_send_ten_seconds_worth_at_once_and_then_waits() -> None:
    pace = Pace()
    pace.sent("web", 999, 100, NOON)
    assert pace.wait_s("web", 100, NOON) == 0
    pace.sent("web", 201, 100, NOON)
    assert pace.wait_s("web", 100, NOON) == 2
    assert pace.wait_s("web", 100, after(1)) == 1
    assert pace.wait_s("web", 100, after(2.5)) == 0
    assert pace.wait_s("app", 100, NOON) == 0


def test_who_keeps_to_the_mean_never_waits() -> None:
    pace = Pace()
    for second in range(1_000):
        assert pace.wait_s("web", 100, after(second)) == 0
        pace.sent("web", 100, 100, after(second))


def test_nobody_is_told_to_wait_for_ever() -> None:
    pace = Pace()
    pace.sent("web", 1_000_000, 0.1, NOON)
    assert pace.wait_s("web", 0.1, NOON) == MOST_WAIT_S
