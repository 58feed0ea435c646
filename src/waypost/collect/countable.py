"""Numbers that are too large for whoever counts: they are kept as the text that they were written as."""

import math
import re

import msgspec

_values = msgspec.json.Decoder(dict[str, object]).decode

#: From so many digits on a whole number may be more than any number that is counted in.
_MANY_DIGITS = 309
_LONG = re.compile(rb"[0-9]{309}")
_TEXT_OR_NUMBER = re.compile(rb'"(?:[^"\\]|\\.)*"|-?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?', re.DOTALL)


def countable(raw: msgspec.Raw) -> msgspec.Raw:
    """Return a JSON object in which 1e999, or a thousand digits, is a text: readers further on would give up."""
    written = bytes(raw)
    return raw if is_countable(written) else msgspec.Raw(_TEXT_OR_NUMBER.sub(_as_text, written))


def is_countable(written: bytes) -> bool:
    """Tell whether no number in a JSON object is too large for whoever counts; False when it cannot be read."""
    try:
        _values(written)
    except (msgspec.DecodeError, RecursionError):
        return False
    return len(written) < _MANY_DIGITS or not _LONG.search(written)


def _as_text(found: re.Match[bytes]) -> bytes:
    written = found[0]
    return b'"%b"' % written if not written.startswith(b'"') and math.isinf(float(written)) else written
