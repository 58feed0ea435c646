import pytest

from waypost.collect.clocks import NO_TIME, iso, milliseconds, settled
from waypost.collect.family import BadBodyError
from waypost.collect.groups import Accounts, accounts_in, is_account
from waypost.collect.pieces import MOST_COMMAS, UnreadableError, elements, fields, id_of, message, text
from waypost.collect.refusals import TurnedAway


def test_a_body_is_cut_as_it_was_written_also_around_what_is_broken() -> None:
    assert fields(b'{"a":[1, 2],"b":{"c":NaN}}') == {"a": b"[1, 2]", "b": b'{"c":NaN}'}
    assert elements(b'[{"a":1},{"b":\xff}, 3]') == [b'{"a":1}', b'{"b":\xff}', b"3"]
    for cut, odd in (
        (fields, b"[1]"),
        (fields, b'{"a"'),
        (elements, b"{}"),
        (elements, b"[1"),
        (elements, b"1"),
    ):
        with pytest.raises(BadBodyError):
            cut(odd)


def test_a_body_of_nothing_but_commas_is_not_cut() -> None:
    with pytest.raises(BadBodyError, match="too many"):
        elements(b"[1" + b",1" * (MOST_COMMAS + 1) + b"]")


@pytest.mark.parametrize(
    ("raw", "why"),
    [
        (b"[]", TurnedAway.WRONG_TYPE),
        (b'{"a":1e999}', TurnedAway.BAD_JSON),
        (b'{"a":NaN}', TurnedAway.BAD_JSON),
        (b'{"a":' + b"9" * 5_000 + b"}", TurnedAway.BAD_JSON),
        (b'{"a":"\xff"}', TurnedAway.BAD_TEXT),
        (b'{"a":' + b"[" * 500 + b"]" * 500 + b"}", TurnedAway.TOO_DEEP),
        (b'{"a":"' + b"x" * 33_000 + b'"}', TurnedAway.TOO_LARGE),
    ],
)
def test_a_message_that_cannot_be_read_has_a_name(raw: bytes, why: TurnedAway) -> None:
    with pytest.raises(UnreadableError) as refused:
        message(raw)
    assert refused.value.why is why


def test_texts_and_ids() -> None:
    assert [text(raw) for raw in (b'"a"', b'""', b"1", b'"\xff"', b"", None)] == [
        "a",
        None,
        None,
        None,
        None,
        None,
    ]
    assert [id_of(value) for value in ("a", "", 7, 7.0, 7.5, True, None, ["a"])] == [
        *("a", None, "7", "7", "7.5"),
        *(None, None, None),
    ]


def test_the_account_is_the_group_that_is_called_most_like_one() -> None:
    assert accounts_in({"project": "p1", "Company ID": "acme"}) == Accounts("acme", ())
    assert accounts_in({"teams": ["a", "b", "a", ""], "board": 1}) == Accounts("a", ("b",))
    assert accounts_in({"shop": 7}) == Accounts("7", ())
    assert accounts_in({}) == accounts_in({"company": None}) == Accounts(None, ())
    assert is_account("shop", {})
    assert is_account("shop", {"shop": 1, "board": 2})
    assert not is_account("board", {"company": "acme"})


def test_times_that_cannot_be_read_are_none_that_an_event_can_have() -> None:
    assert [iso(value) for value in (None, "", "soon", 7)] == [None, None, NO_TIME, NO_TIME]
    odd: tuple[object, ...] = (None, True, [], "x", 1e300)
    assert [milliseconds(value) for value in odd] == [None, *[NO_TIME] * 4]
    assert settled(NO_TIME, None, NO_TIME) == (NO_TIME, {})
