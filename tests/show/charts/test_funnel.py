import re

import pytest

from waypost.show.charts import parted_bar, step_bar


def test_the_parts_of_a_bar_fill_it_without_a_gap() -> None:
    drawn = str(parted_bar([("sustained", 3), ("strayed", 0), ("gone", 1)], "3 sustained, 1 gone"))
    parts = re.findall(r'class="(\w+)" x="([\d.]+)%" width="([\d.]+)%"', drawn)
    assert [(look, float(x), float(width)) for look, x, width in parts] == [
        ("sustained", 0.0, 75.0),
        ("gone", 75.0, 25.0),
    ]


def test_nobody_has_no_bar() -> None:
    assert parted_bar([("gone", 0)], "nobody") == ""


def test_a_step_draws_its_share_and_its_interval() -> None:
    drawn = str(step_bar(0.5, 0.4, 0.6, "half"))
    assert 'class="here" width="50%"' in drawn
    ends = [float(each) for each in re.findall(r'x[12]="([\d.]+)%"', drawn)]
    assert ends == pytest.approx([39.4, 59.1])
