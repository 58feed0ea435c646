import json

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from waypost.collect.spans import is_deeper, members, parts

JSON = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(some.text(alphabet="abc", max_size=3), inner),
    max_leaves=20,
)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(some.lists(JSON))
def test_an_array_is_cut_where_json_cuts_it(values: list[object]) -> None:
    found = parts(json.dumps(values).encode(), b"[")
    assert found is not None
    assert [json.loads(part) for part in found] == values


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(some.dictionaries(some.text(alphabet="abc", max_size=3), JSON))
def test_an_object_is_cut_where_json_cuts_it(values: dict[str, object]) -> None:
    found = members(json.dumps(values).encode())
    assert found is not None
    assert {name: json.loads(value) for name, value in found.items()} == values


@pytest.mark.parametrize(
    "text", [b"", b"[", b"{}", b"[}", b"[1]]", b"[1] 2", b'["x]', b"[[1]", b'[1]"x"', b"5"]
)
def test_brackets_that_are_not_sound_are_noticed(text: bytes) -> None:
    assert parts(text, b"[") is None


def test_a_broken_part_costs_only_itself() -> None:
    assert parts(b'[{"a": NaN}, {"b": "]"}, x]', b"[") == [b'{"a": NaN}', b'{"b": "]"}', b"x"]
    assert members(b'{"a": NaN, "batch": [1, x], 5}') == {"a": b"NaN", "batch": b"[1, x]"}
    assert members(b"[]") is None


def test_depth_is_of_brackets_and_not_of_text() -> None:
    for text, deep in ((b"1     ", 0), (b"[]    ", 1), (b'{"a": [1, {"b": "[[[["}]}', 3), (b"]][[  ", 0)):
        assert [is_deeper(text, most) for most in range(5)] == [most < deep for most in range(5)]


def test_a_great_deal_of_nonsense_is_read_in_no_time() -> None:
    for text in (b"[" * 250_000, b"[" + b'"\\' * 200_000, b'["' + b'\\"' * 200_000):
        assert parts(text, b"[") is None
