"""Text as servers write it between quotes, back as it was."""

import re

_ESCAPED = re.compile(r"\\(?:x([0-9a-fA-F]{2})|(.))")
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t", "b": "\b", "v": "\v", "f": "\f"}


def plain(text: str) -> str:
    """Return quoted text without its escapes; bytes that were escaped are read as UTF-8."""
    if "\\" not in text:
        return "" if text == "-" else text
    written = _ESCAPED.sub(_unescaped, text)
    try:
        return written.encode("latin-1").decode(errors="replace")
    except UnicodeEncodeError:
        return written


def _unescaped(match: re.Match[str]) -> str:
    if match[1]:
        return chr(int(match[1], 16))
    return _CONTROLS.get(match[2], match[2])
