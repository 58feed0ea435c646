import re
from itertools import pairwise

import pytest

from waypost.show.charts import Curve, Ramp, staying


@pytest.mark.parametrize(
    ("shares", "low", "high"),
    [
        ([0.66, 0.86], 0.6, 1.0),
        ([0.05, 0.31], 0.0, 0.4),
        ([0.1, 0.95], 0.1, 1.0),
        ([1.0], 0.6, 1.0),
        ([], 0.0, 1.0),
    ],
)
def test_the_ramp_runs_over_whole_tens_and_at_least_forty_percents(
    shares: list[float], low: float, high: float
) -> None:
    ramp = Ramp.over(shares)
    assert (ramp.low, ramp.high) == pytest.approx((low, high))
    assert all(0 <= ramp.step(share) <= 7 for share in shares)


def test_the_ramp_has_eight_even_steps() -> None:
    ramp = Ramp.over([0.0, 1.0])
    assert [ramp.step(nr / 8) for nr in range(9)] == [0, 1, 2, 3, 4, 5, 6, 7, 7]


def test_a_line_keeps_its_height_until_somebody_is_gone() -> None:
    curve = Curve(name="All", steps=((0.0, 1.0, 1.0, 1.0), (5.0, 0.5, 0.4, 0.6), (10.0, 0.5, 0.4, 0.6)))
    drawn = str(staying([curve], 10, "Half stayed"))
    spots = [tuple(map(float, spot.split())) for spot in _path(drawn, "line all")[1:].split("L")]
    levels = [y for _, y in spots]
    assert levels == sorted(levels)
    assert levels[0] == levels[1] < levels[2] == levels[-1]
    assert spots[1][0] == spots[2][0] == pytest.approx((spots[0][0] + spots[-1][0]) / 2, abs=0.1)


def test_names_at_the_ends_of_lines_keep_apart() -> None:
    flat = [Curve(name=f"c{nr}", steps=((0.0, 1.0, 1.0, 1.0), (9.0, 0.8, 0.7, 0.9))) for nr in range(4)]
    drawn = str(staying(flat, 9, "All alike"))
    places = sorted(float(y) for y in re.findall(r'class="name \w+" x="[\d.]+" y="([\d.]+)"', drawn))
    assert len(places) == 4
    assert all(after - before >= 14.9 for before, after in pairwise(places))


def _path(drawn: str, look: str) -> str:
    found = re.search(f'<path class="{look}" d="([^"]+)"', drawn)
    assert found
    return found.group(1)
