from datetime import date, timedelta

from waypost.show.charts.weeks import NARROW_WEEKS, WIDE_WEEKS, weeks_chart

DAYS = [date(2026, 9, 4) + timedelta(days=7 * n) for n in range(13)]


def test_the_scale_starts_at_zero_and_ends_at_a_number_that_is_easy_to_read() -> None:
    for most, top, middle in ((0, "2", "1"), (3, "4", "2"), (22, "40", "20"), (1_347, "2,000", "1,000")):
        drawn = weeks_chart(DAYS, [0] * 12 + [most], "So many", WIDE_WEEKS)
        ends = [f">{text}</text>" in drawn for text in (top, middle, "0")]
        assert ends == [True, True, True]


def test_a_week_that_is_not_known_is_a_gap() -> None:
    drawn = weeks_chart(DAYS[:4], [1, None, 2, 3], "So many", NARROW_WEEKS)
    path = drawn.partition('class="line" d="')[2].partition('"')[0]
    assert path.count("M") == 2
    assert path.count("L") == 1
    assert drawn.count('class="dot"') == 3


def test_the_drawing_says_itself_and_names_the_first_and_last_week() -> None:
    drawn = weeks_chart(DAYS, list(range(13)), "From 0 to 12", WIDE_WEEKS)
    assert 'aria-label="From 0 to 12"' in drawn
    assert "4 Sep" in drawn
    assert "27 Nov" in drawn
    assert 'class="end"' in drawn
