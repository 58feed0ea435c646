"""The trail: one mark for several people, counts that open them, and words that never run into each other."""

import re

from waypost.show.charts import Stage, narrow_trail, people_per_mark, wide_trail


def _stage(on: int, off: int, href: str = "") -> Stage:
    return Stage(
        key="first_7", name="First 7 days", asks=("Sign in",), on=on, off=off, why="Nothing done", href=href
    )


def test_up_to_300_people_have_a_mark_each_and_above_it_one_stands_for_several() -> None:
    assert people_per_mark([_stage(200, 100)]) == 1
    assert people_per_mark([_stage(200, 101)]) == 2
    many = [_stage(900_000, 100_000)]
    assert people_per_mark(many) == 3334
    assert len(re.findall('class="dot', wide_trail(many, "says"))) <= 301


def test_counts_are_links_to_their_people_and_are_written_with_separators() -> None:
    drawn = wide_trail([_stage(12_345, 678, href="/people?journey=a")], "says")
    assert "<tspan>12,345</tspan>" in drawn
    assert 'href="/people?journey=a&amp;standing=strays"' in drawn


def test_on_a_phone_a_large_count_pushes_the_reason_aside() -> None:
    def where(off: int) -> float:
        found = re.search(r'class="why" x="([\d.]+)"', narrow_trail([_stage(1, off)], "says"))
        assert found
        return float(found.group(1))

    assert where(9) == where(99) < where(100) < where(1000)
