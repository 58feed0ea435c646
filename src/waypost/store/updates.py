"""What updates of people and accounts come to: the one place where a word that works on earlier ones is worked out."""

import math
from collections.abc import Iterable, Iterator
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import Any

import msgspec
import polars as pl

from waypost.core import UPDATE, plain_words
from waypost.store.warehouse import Writer

#: As many people or accounts have their words in memory at once.
AT_ONCE = 10_000
_SCHEMA = {"arrival": pl.Int64, "properties": pl.String}
_Row = tuple[str, int, bool, str]

_encode = msgspec.json.Encoder(decimal_format="number").encode


def come_to(writer: Writer, units: str, scope: pl.DataFrame) -> pl.DataFrame:
    """Return what each update of the scope's `units` (people or accounts) comes to: arrival, properties.

    The properties are plain traits, as if somebody who knew what was known had sent them.
    """
    params = {"update": UPDATE}
    updated = writer.ask(f"derive/updated_{units}", params, {"scope": scope})
    return pl.concat(
        [
            pl.DataFrame(list(_worked_out(words)), schema=_SCHEMA, orient="row")
            for some in updated.iter_slices(AT_ONCE)
            if (words := writer.ask(f"derive/words_on_{units}", params, {"units": some}).iter_rows())
        ]
        or [pl.DataFrame(schema=_SCHEMA)]
    )


def _worked_out(words: Iterable[_Row]) -> Iterator[tuple[int, str]]:
    for _, mine in groupby(words, key=itemgetter(0)):
        rows = list(mine)
        plain = plain_words((is_update, _read(said)) for _, _, is_update, said in rows)
        for (_, arrival, _, _), said in zip(rows, plain, strict=True):
            if said is not None:
                yield arrival, _encode(said).decode()


def _read(said: str) -> dict[str, Any]:
    found = _decode(said)
    return found if isinstance(found, dict) else {}


def _number(text: str) -> float | Decimal:
    """Return a number; one that is too large for a float stays as it was written, and is no sum's."""
    number = float(text)
    return number if math.isfinite(number) else Decimal(text)


_decode = msgspec.json.Decoder(float_hook=_number).decode
