"""Charts are text: what is drawn, where, in which class, and never with a style attribute."""

import re
from datetime import date, timedelta

import pytest
from markupsafe import Markup

from waypost.show import charts, words
from waypost.show.charts.svg import element, percent

DAY = date(2026, 10, 23)
SCORES = (72.0, 72.0, 63.0, 63.0, 68.0)


def drawn(chart: Markup, name: str, of_class: str) -> list[str]:
    return re.findall(rf'<{name} class="{of_class}"[^>]*>', chart)


def test_names_are_escaped_in_text_and_in_attributes() -> None:
    nasty = '"><script>&'
    assert element("text", nasty, x=nasty) == (
        '<text x="&#34;&gt;&lt;script&gt;&amp;">&#34;&gt;&lt;script&gt;&amp;</text>'
    )


def test_numbers_are_written_short() -> None:
    assert (element("rect", x=1.0, width=12.345), percent(1 / 3)) == (
        '<rect x="1" width="12.35"></rect>',
        "33.33%",
    )


def test_a_history_is_steps_and_ends_in_a_dot() -> None:
    days = [(DAY + timedelta(days=n), score) for n, score in enumerate(SCORES)]
    posts = [charts.Post(letter="A", on_day=DAY + timedelta(days=2), up=False)]
    chart = charts.history(days, posts, (70, 50), "Health", charts.WIDE)
    assert drawn(chart, "line", "line") == [
        '<line class="line" x1="0%" x2="50%" y1="99.9" y2="99.9">',
        '<line class="line" x1="50%" x2="50%" y1="99.9" y2="127.8">',
        '<line class="line" x1="50%" x2="100%" y1="127.8" y2="127.8">',
        '<line class="line" x1="100%" x2="100%" y1="127.8" y2="112.3">',
    ]
    assert len(drawn(chart, "circle", "end")) == 1
    assert '<svg class="post down" x="50%"' in chart
    assert chart.startswith('<svg class="chart history wide-only" role="img"><title>Health</title>')
    assert "style=" not in chart


def test_a_withheld_day_is_a_gap_in_the_line() -> None:
    days = [(DAY + timedelta(days=n), score) for n, score in enumerate((60.0, None, 62.0, 62.0))]
    chart = charts.history(days, [], (70, 50), "Health", charts.NARROW)
    assert len(drawn(chart, "line", "line")) == 2


def test_posts_of_one_day_do_not_cover_each_other() -> None:
    days = [(DAY + timedelta(days=n), 60.0) for n in range(30)]
    posts = [charts.Post(letter=letter, on_day=DAY + timedelta(days=9), up=True) for letter in "ABC"]
    chart = charts.history(days, posts, (70, 50), "Health", charts.WIDE)
    rows = re.findall(r'<rect x="-8.5" y="([-0-9.]+)"', chart)
    assert len(set(rows)) == 3


def test_one_day_alone_is_a_dot() -> None:
    chart = charts.history([(DAY, 60.0)], [], (70, 50), "Health", charts.WIDE)
    assert len(drawn(chart, "circle", "end")) == 1


@pytest.mark.parametrize("scores", [(0.0, 4.0), (98.0, 100.0), (10.0, 95.0)])
def test_the_scale_holds_every_score(scores: tuple[float, ...]) -> None:
    days = [(DAY + timedelta(days=n), score) for n, score in enumerate(scores)]
    chart = charts.history(days, [], (70, 50), "Health", charts.WIDE)
    for row in re.findall(r'class="line"[^>]* y1="([-0-9.]+)"', chart):
        assert 44 <= float(row) <= 162


def test_bars_of_a_waterfall_start_where_the_one_before_ended() -> None:
    run = charts.run_of([72.0, 63.0, 68.0])
    assert run.ticks == [60, 70, 80]
    first, second = charts.reason_cell(run, 72, 63), charts.reason_cell(run, 63, 68)
    left = re.search(r'<svg x="([0-9.]+%)" y="50%"', first)
    begins = re.search(r'<svg x="([0-9.]+%)" y="50%"', second)
    assert left
    assert begins
    assert left.group(1) == begins.group(1) == run.x(63)
    assert 'class="bar down"' in first
    assert 'class="bar up"' in second
    assert 'class="start"' in charts.total_cell(run, 72, first=True)
    assert 'class="now"' in charts.total_cell(run, 68, first=False)
    assert charts.head_cell(run).count("<text") == len(run.ticks)


def test_a_change_of_nothing_still_has_a_scale() -> None:
    assert charts.run_of([60.0]).high > charts.run_of([60.0]).low


STAGES = [
    charts.Stage(
        key="a",
        name="First 7 days",
        asks=("Sign in",),
        on=3,
        off=2,
        back=1,
        why="No source",
        href="/people?x=1",
    ),
    charts.Stage(
        key="b",
        name="Sustained",
        asks=("Export a report every week and tell everybody about it",),
        on=4,
        off=0,
        unsure=1,
    ),
]


@pytest.mark.parametrize("draw", [charts.wide_trail, charts.narrow_trail])
def test_every_person_is_one_mark_whose_shape_says_where(draw: object) -> None:
    assert callable(draw)
    chart = draw(STAGES, "Where people stand")
    assert len(drawn(chart, "circle", "dot on")) == 6
    assert len(drawn(chart, "path", "dot unsure")) == 1
    assert len(drawn(chart, "path", "dot off")) == 1
    assert len(drawn(chart, "path", "dot back")) == 1
    assert 'href="/people?x=1&amp;standing=strays"' in chart
    assert ("Export a report every week and tell everybody about it" in chart) is (draw is charts.wide_trail)


def test_above_three_hundred_people_one_mark_stands_for_several() -> None:
    crowd = [charts.Stage(key="a", name="Sustained", asks=(), on=700, off=200)]
    assert charts.people_per_mark(crowd) == 3
    assert len(drawn(charts.wide_trail(crowd, "x"), "circle", "dot on")) == 234


def test_a_sparkline_leaves_gaps_and_ends_in_a_dot() -> None:
    assert re.findall(r'd="([^"]+)"', charts.sparkline([1, None, 2, 3], "Weeks")) == ["M3 19M40.3 11L59 3"]
    assert charts.sparkline([None, None], "Weeks") == ""
    assert 'cy="11"' in charts.sparkline([2, 2], "Weeks")


def test_an_interval_is_grey_until_it_leaves_zero() -> None:
    grey = charts.interval_bar(-6, 4, 14, written=words.signed, says="x")
    up = charts.interval_bar(8, 17, 26, written=words.signed, says="x")
    down = charts.interval_bar(-26, -17, -8, written=words.signed, says="x")
    classes = [re.search(r'class="(chart interval[^"]*)"', bar) for bar in (grey, up, down)]
    assert [found.group(1) for found in classes if found] == [
        "chart interval",
        "chart interval up",
        "chart interval down",
    ]
    assert ">+10<" in up
    assert f">{words.MINUS}10<" in down


def test_marks_have_a_shape_for_each_band() -> None:
    shapes = {band: str(charts.mark(band)) for band in ("steady", "watch", "at_risk", "back", "no_data")}
    assert len(set(shapes.values())) == 5
    assert charts.mark("anything") == charts.mark("no_data")
    assert [charts.band_word(band) for band in ("at_risk", "none")] == ["At risk", "No data"]
