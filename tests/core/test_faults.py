from enum import StrEnum
from typing import Any, Literal

import msgspec
import pytest

from waypost.core import fault_of, meant


class Way(StrEnum):
    EMAIL = "email"
    TOUCH = "touch"


class Step(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    by_day: int | None = None
    share: msgspec.Raw | None = None
    way: Way = Way.EMAIL
    word: Literal["in", "out"] = "in"
    any_of: tuple["Step", ...] = ()
    told_as: str = msgspec.field(default="", name="is")


class Call(msgspec.Struct, frozen=True, tag="call", tag_field="channel"):
    title: str


class Mail(msgspec.Struct, frozen=True, tag="mail", tag_field="channel"):
    subject: str


class Path(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    steps: tuple[Step, ...]
    named: dict[str, Step] = {}
    arms: list[Call | Mail] = []
    least: msgspec.Raw | None = None


@pytest.mark.parametrize(
    ("written", "place", "problem"),
    [
        ({}, "", "steps is missing"),
        ({"step": []}, "", "there is no step here; did you mean steps?"),
        ({"steps": [{"by_dya": 7}]}, "steps[0]", "there is no by_dya here; did you mean by_day?"),
        (
            {"steps": [{"q": 7}]},
            "steps[0]",
            "there is no q here; known are any_of, by_day, is, share, way, word",
        ),
        (
            {"steps": [{"any_of": [{"iss": 7}]}]},
            "steps[0].any_of[0]",
            "there is no iss here; did you mean is?",
        ),
        ({"steps": [{"by_day": "7"}]}, "steps[0].by_day", "here stands text; it must be a whole number"),
        ({"steps": {}}, "steps", "here stands a group of keys; it must be a list"),
        ({"steps": [{"way": "emial"}]}, "steps[0].way", "emial is none of those known; did you mean email?"),
        ({"steps": [{"word": "up"}]}, "steps[0].word", "up is none of those known; known are in, out"),
        ({"steps": [], "named": {"a": {"wey": 1}}}, "named[...]", "there is no wey here; did you mean way?"),
        (
            {"steps": [], "arms": [{"channel": "fax", "title": "a"}]},
            "arms[0].channel",
            "fax is none of those known; known are call, mail",
        ),
    ],
)
def test_a_fault_is_told_in_plain_words(written: dict[str, Any], place: str, problem: str) -> None:
    with pytest.raises(msgspec.ValidationError) as found:
        msgspec.convert(written, Path)
    assert fault_of(Path, found.value) == (place, problem)


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ("Expected `float` <= 0.9", "it must be at most 0.9"),
        ("Expected `int` > 0", "it must be more than 0"),
        ("Expected `array` of length >= 1", "it must have at least 1 entry"),
        ("Expected `str` of length <= 80", "it must have at most 80 characters"),
        ("Expected `str` matching regex '^a$'", "it must fit the pattern '^a$'"),
        ("Something that nobody foresaw", "Something that nobody foresaw"),
    ],
)
def test_bounds_are_told_in_words_and_what_is_not_known_as_it_is(problem: str, words: str) -> None:
    assert fault_of(Path, msgspec.ValidationError(f"{problem} - at `$.least`")) == ("least", words)


def test_too_many_words_are_not_listed() -> None:
    assert meant("zzz", [f"word{nr}" for nr in range(40)]) == ""
    assert meant("zzz", []) == ""
