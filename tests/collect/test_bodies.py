import pytest

from waypost.collect.bodies import (
    MOST_BROKEN_BYTES,
    MOST_FIELDS,
    form_fields,
    messages_in,
    unescaped,
    whole_pairs,
)
from waypost.collect.family import BadBodyError


@pytest.mark.parametrize(
    ("body", "messages"),
    [
        (b' [{"a": 1}, {"b": 2}] ', [b'{"a": 1}', b'{"b": 2}']),
        (b'{"a": [1,\n2]}', [b'{"a": [1,\n2]}']),
        (b'{"a": 1}\n\n{"b": 2}\n', [b'{"a": 1}', b'{"b": 2}']),
        (b'[{"a": NaN}, {"b": 2}]', [b'{"a": NaN}', b'{"b": 2}']),
        (b'{"a": NaN}', [b'{"a": NaN}']),
        (b"[]", []),
    ],
)
def test_one_message_several_or_a_line_each(body: bytes, messages: list[bytes]) -> None:
    assert messages_in(body) == messages


@pytest.mark.parametrize(
    "body",
    [b"", b"hello", b"1", b'[{"a": 1}', b"[" + b"[" * MOST_BROKEN_BYTES, b"[" + b"1," * 1_000_001 + b"1]"],
)
def test_what_holds_no_messages_is_refused(body: bytes) -> None:
    with pytest.raises(BadBodyError):
        messages_in(body)


def test_fields_stay_as_they_were_written_until_they_are_wanted() -> None:
    fields = form_fields(b"data=%7B+%7D&v=1&v=2&none&=x&n%61me=a%2Bb")
    assert fields == {"data": b"%7B+%7D", "v": b"2", "none": b"", "name": b"a%2Bb"}
    assert unescaped(fields["data"]) == b"{ }"
    assert len(form_fields(b"&".join(b"n%d=1" % nr for nr in range(5_000)))) == MOST_FIELDS


def test_halves_of_characters_are_put_together() -> None:
    apart = "Größe 📈 한".encode("utf-16-le").decode("utf-16-le").encode()
    halves = "Größe \ud83d\udcc8 한".encode(errors="surrogatepass")
    assert whole_pairs(halves) == apart
    assert whole_pairs(apart) == apart
    lone = "\ud83d".encode(errors="surrogatepass")
    assert whole_pairs(lone) == lone
    assert whole_pairs(b"\xed\xff") == b"\xed\xff"
