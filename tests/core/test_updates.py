"""Updates come to plain words; what they do is worked out a second time, by hand."""

from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from waypost.core import plain_words
from waypost.core.updates import MOST_LISTED, merged

SET, UPDATE = False, True
Said = dict[str, Any]


def traits(*words: tuple[bool, Said]) -> Said:
    held: Said = {}
    for (_, said), plain in zip(words, plain_words(words), strict=True):
        held = merged(held, said if plain is None else plain)
    return held


def after(act: str, given: Said, /, **held: object) -> Said:
    return traits((SET, held), (UPDATE, {act: given}))


def test_what_is_set_once_stays_as_it_was() -> None:
    assert after("$set_once", {"plan": "free", "city": "Graz"}, plan="pro") == {"plan": "pro", "city": "Graz"}
    assert after("$set_once", {"a": None, "b": {"c": None, "d": 1}}) == {"b": {"d": 1}}


@pytest.mark.parametrize(
    ("held", "given", "sum_"),
    [
        (3, 2, 5),
        (None, 2, 2),
        (3, -3, 0),
        (0.5, 0.5, 1),
        (1, 0.5, 1.5),
        ("three", 2, "three"),
        (True, 2, True),
        (3, "2", 3),
        (3, True, 3),
        (1.7e308, 1.7e308, 1.7e308),
        (10**400, 1, 10**400),
        (2**53, 1, float(2**53)),
    ],
)
def test_a_number_is_added_to_a_number(held: object, given: object, sum_: object) -> None:
    found = after("$add", {"n": given}, **({} if held is None else {"n": held}))["n"]
    assert (type(found), found) == (type(sum_), sum_)


def test_lists_grow_and_shrink() -> None:
    assert after("$append", {"seen": "a"}) == {"seen": ["a"]}
    assert after("$append", {"seen": ["b"]}, seen=["a"]) == {"seen": ["a", ["b"]]}
    assert after("$union", {"seen": ["a", 1, 1, True]}, seen=["a"]) == {"seen": ["a", 1, True]}
    assert after("$union", {"seen": "a"}, seen=["a", "a"]) == {"seen": ["a", "a"]}
    assert after("$remove", {"seen": 1}, seen=[1, True, "1", 1]) == {"seen": [True, "1"]}
    assert after("$remove", {"seen": 1}) == {}


@pytest.mark.parametrize("act", ["$append", "$union", "$remove"])
def test_what_is_no_list_is_left_alone(act: str) -> None:
    assert after(act, {"seen": "a"}, seen="a") == {"seen": "a"}


def test_of_a_long_list_the_newest_are_kept() -> None:
    words = [(UPDATE, {"$append": {"seen": nr}}) for nr in range(MOST_LISTED + 3)]
    assert traits(*words)["seen"] == list(range(3, MOST_LISTED + 3))


def test_deleted_is_what_was_known_before_and_plain_traits_of_a_word_come_last() -> None:
    said = {"$delete": "", "$set_once": {"a": 1, "b": {"x": 1}}, "$add": {"a": 1}, "c": 3}
    assert traits((SET, {"a": 7, "b": {"y": 2}, "d": 4}), (UPDATE, said)) == {"a": 2, "b": {"x": 1}, "c": 3}
    assert traits((UPDATE, {"$add": {"a": 1}, "a": None})) == {}


def test_acts_without_the_name_of_an_update_are_traits_like_any() -> None:
    assert traits((SET, {"$add": {"a": 1}}), (SET, {"$add": {"a": 1}})) == {"$add": {"a": 1}}


def test_an_act_that_is_no_object_does_nothing() -> None:
    assert traits((SET, {"a": 1}), (UPDATE, {"$add": 7, "$union": ["a"], "$set_once": None})) == {"a": 1}


VALUES = st.sampled_from([1, 2, 0.5, "a", True, None, [1, "a"], {"x": 1}, {"x": None, "y": 2}, []])
NAMED = st.dictionaries(st.sampled_from(["a", "b", "c"]), VALUES, max_size=2)
ACTING = st.fixed_dictionaries(
    {},
    optional={
        "$delete": st.just(""),
        "$set_once": NAMED,
        "$add": NAMED,
        "$append": NAMED,
        "$union": NAMED,
        "$remove": NAMED,
    },
)
WORDS = st.lists(
    st.one_of(
        NAMED.map(lambda said: (SET, said)),
        st.tuples(ACTING, NAMED).map(lambda both: (UPDATE, {**both[0], **both[1]})),
    ),
    max_size=8,
)


@given(WORDS)
def test_plain_words_merged_one_by_one_say_what_the_acts_do(words: list[tuple[bool, Said]]) -> None:
    held: Said = {}
    for is_update, said in words:
        held = _by_hand(held, said) if is_update else merged(held, said)
    assert msgspec.json.encode(traits(*words), order="sorted") == msgspec.json.encode(held, order="sorted")


def _by_hand(held: Said, said: Said) -> Said:
    known = {} if "$delete" in said else dict(held)
    for name, each in said.get("$set_once", {}).items():
        if name not in known and each is not None:
            known[name] = merged({}, each)
    for name, each in said.get("$add", {}).items():
        if type(each) in (int, float) and type(known.get(name, 0)) in (int, float):
            total = known.get(name, 0) + each
            known[name] = int(total) if total == int(total) else total
    for act in ("$append", "$union", "$remove"):
        for name, each in said.get(act, {}).items():
            if isinstance(known.get(name, []), list) and (name in known or act != "$remove"):
                known[name] = _listed(act, list(known.get(name, [])), each)
    return dict(merged(known, {name: each for name, each in said.items() if not name.startswith("$")}))


def _listed(act: str, values: list[Any], each: object) -> list[Any]:
    if act == "$append":
        return [*values, each]
    if act == "$remove":
        return [one for one in values if not _same(one, each)]
    for one in each if isinstance(each, list) else [each]:
        if not any(_same(one, other) for other in values):
            values.append(one)
    return values


def _same(one: object, other: object) -> bool:
    return msgspec.json.encode(one) == msgspec.json.encode(other)
