import re
from datetime import date, timedelta

from waypost.show import charts
from waypost.show.charts import Seen, expected_chart

LAST = date(2026, 11, 21)


def weeks(count: int, **newest: object) -> list[Seen]:
    usual = [
        Seen(last_on=LAST - timedelta(days=7 * back), seen=50, expected=48.0, low=30, high=70)
        for back in range(count - 1, 0, -1)
    ]
    return [*usual, Seen(**{"last_on": LAST, "seen": 50.0, **newest})]  # type: ignore[arg-type]


def test_a_week_is_a_bar_from_zero_before_a_band_with_its_middle() -> None:
    drawn = expected_chart(weeks(5, expected=48.0, low=30, high=70), "Weeks", charts.WIDE)
    assert drawn.count('class="band"') == drawn.count('class="middle"') == drawn.count('class="seen"') == 5
    (y, height) = re.findall(r'class="seen"[^>]* y="([^"]+)" height="([^"]+)"', drawn)[0]
    assert float(y) + float(height) == 144, "every bar stands on the zero line"
    assert 'class="call"' not in drawn


def test_a_called_fall_has_a_mark_that_needs_no_colour() -> None:
    drawn = expected_chart(
        weeks(3, seen=5.0, expected=48.0, low=30, high=70, fell=True), "Weeks", charts.WIDE
    )
    assert 'class="seen fell"' in drawn
    assert '<path d="M-5 -4H5L0 4Z" class="down">' in drawn
    rose = expected_chart(
        weeks(3, seen=99.0, expected=48.0, low=30, high=70, rose=True), "Weeks", charts.WIDE
    )
    assert '<path d="M-5 4H5L0 -4Z" class="up">' in rose


def test_without_an_expectation_there_is_no_band_and_an_open_week_is_empty() -> None:
    drawn = expected_chart(weeks(1, open=True), "Weeks", charts.NARROW)
    assert 'class="band"' not in drawn
    assert 'class="seen open"' in drawn
    assert "narrow-only" in drawn


def test_the_scale_has_whole_steps_that_hold_everything() -> None:
    drawn = expected_chart(weeks(2, seen=146.0), "Weeks", charts.WIDE)
    assert re.findall(r'text-anchor="end">(\d+)<', drawn) == ["0", "50", "100", "150"]
    assert re.findall(
        r'text-anchor="end">(\d+)<', expected_chart([Seen(last_on=LAST, seen=0.0)], "", charts.WIDE)
    )
