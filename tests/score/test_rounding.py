from hypothesis import given
from hypothesis import strategies as st

from waypost.score import whole_parts

PARTS = st.lists(st.floats(min_value=-100, max_value=100), min_size=1, max_size=12)


def test_what_is_missing_goes_to_the_largest_remainders() -> None:
    assert whole_parts([1.4, 2.4, 3.2], 7) == [2, 2, 3]
    assert whole_parts([-7.6, 2.3, -0.7], -6) == [-7, 2, -1]


def test_what_is_too_much_comes_from_the_smallest_remainders() -> None:
    assert whole_parts([1.9, 2.1], 2) == [1, 1]


def test_nothing_is_split_into_nothing() -> None:
    assert whole_parts([], 3) == []


@given(PARTS)
def test_whole_parts_add_up(parts: list[float]) -> None:
    whole = round(sum(parts))
    shown = whole_parts(parts, whole)
    assert sum(shown) == whole
    assert all(abs(part - number) <= 1 + 1e-9 for part, number in zip(parts, shown, strict=True))
