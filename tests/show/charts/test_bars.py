import re

from waypost.show import charts


def test_bars_start_at_zero_and_the_tallest_fills_the_plot() -> None:
    drawn = charts.bars(
        [charts.Bar(name="Mon", value=10), charts.Bar(name="Sat", value=5, quiet=True)], "By weekday"
    )
    boxes = re.findall(
        r'<rect class="(bar|bar quiet)" x="[^"]+" width="[^"]+" y="([^"]+)" height="([^"]+)"', drawn
    )
    assert boxes == [("bar", "18", "84"), ("bar quiet", "60", "42")]
    assert "<title>By weekday</title>" in drawn
    assert re.findall(r'class="value"[^>]*>([^<]+)<', drawn) == ["10", "5"]


def test_nothing_is_drawn_for_nothing_and_many_bars_keep_their_numbers_to_themselves() -> None:
    assert "<rect" not in charts.bars([charts.Bar(name="Mon", value=0)], "None")
    many = [charts.Bar(name=str(n), value=1, named=n == 0) for n in range(28)]
    drawn = charts.bars(many, "Days")
    assert drawn.count("<rect") == 28
    assert 'class="value"' not in drawn
    assert drawn.count("<text") == 1
