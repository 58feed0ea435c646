"""The word lists of the sample, read once from `words.yaml`."""

import unicodedata
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

# Letters that do not come apart into a plain letter and a mark.
_PLAIN = str.maketrans(
    {"ø": "o", "ł": "l", "ß": "ss", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "Ø": "o", "Ł": "l", "Đ": "d"}
)


@cache
def words() -> dict[str, Any]:
    """Return every word list by its name."""
    read: dict[str, Any] = yaml.safe_load((files(__package__) / "words.yaml").read_text("utf-8"))
    return read


@cache
def plain(name: str) -> str:
    """Return a name as it stands in an e-mail address: lower-case ASCII, or "" when nothing is left of it."""
    apart = unicodedata.normalize("NFKD", name.translate(_PLAIN))
    return "".join(letter for letter in apart.lower() if letter.isascii() and letter.isalnum())
