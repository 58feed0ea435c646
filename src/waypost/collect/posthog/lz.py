"""Undoes the compression `lz64` of old browsers: LZ78 over UTF-16, written as base64."""

from collections.abc import Iterator

_DIGITS = {
    sign: value
    for value, sign in enumerate("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/")
}
_BITS_IN_A_DIGIT = 6
_SHORT, _LONG, _END = 0, 1, 2
_FIRST_FREE = 3
#: Undoing it takes a step for each bit, and old browsers send little at once.
MOST_WRITTEN = 256 * 1024


class LzError(Exception):
    """The text is not compressed so, or holds more than is taken."""


def decompressed(written: str, most: int) -> bytes:
    """Return the text in UTF-8; `most` limits its characters. Raises LzError."""
    if len(written) > MOST_WRITTEN:
        raise LzError("the body is too long for lz64; send gzip")
    try:
        units = "".join(_entries(_bits(written), most))
        return units.encode("utf-16-le", "surrogatepass").decode("utf-16-le").encode()
    except (KeyError, IndexError, StopIteration, RuntimeError, UnicodeError):
        raise LzError("the body is not sound lz64") from None


def _bits(written: str) -> Iterator[int]:
    for sign in written.replace(" ", "+").rstrip("="):
        digit = _DIGITS[sign]
        for place in range(_BITS_IN_A_DIGIT - 1, -1, -1):
            yield digit >> place & 1


def _number(bits: Iterator[int], width: int) -> int:
    return sum(next(bits) << place for place in range(width))


def _entries(bits: Iterator[int], most: int) -> Iterator[str]:
    """Yield what was written, entry by entry: each is known, or is a new character, or is the last one grown by one."""
    known: list[str] = [""] * _FIRST_FREE
    width, room = 2, 1
    last, length = "", 0
    while (code := _number(bits, width)) != _END:
        if code in (_SHORT, _LONG):
            known.append(chr(_number(bits, 16 if code == _LONG else 8)))
            code = len(known) - 1
            room -= 1
            if not room:
                room, width = 1 << width, width + 1
        entry = known[code] if code < len(known) else _grown(last, code, len(known))
        length += len(entry)
        if length > most:
            raise LzError("the body is too long once decompressed")
        yield entry
        if last:
            known.append(last + entry[0])
            room -= 1
            if not room:
                room, width = 1 << width, width + 1
        elif len(known) == _FIRST_FREE + 1:
            room, width = 4, 3
        last = entry


def _grown(last: str, code: int, free: int) -> str:
    if code != free or not last:
        raise LzError("the body is not sound lz64")
    return last + last[0]
