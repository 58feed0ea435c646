"""Is a query one SELECT, and nothing else? Checked before it is stored, and asked read-only all the same."""

import re

from waypost.core import ImportRefusedError

# What is quoted or commented out cannot do anything; everything else is looked at word by word.
_QUIET = re.compile(
    r"""--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`[^`]*`|\[[^\]\n]*\]|\$(\w*)\$.*?\$\1\$""", re.DOTALL
)
_WORD = re.compile(r"[a-z_]+")
_CHANGES = frozenset(
    {
        "alter",
        "attach",
        "create",
        "delete",
        "drop",
        "exec",
        "grant",
        "insert",
        "into",
        "merge",
        "pragma",
        "revoke",
    }
    | {"truncate", "update"}
)
# Functions of the same name are harmless: truncate(amount, 2).
_FUNCTIONS_TOO = frozenset({"insert", "truncate"})
MOST_CHARACTERS = 20_000


def one_select(query: str) -> str:
    """Return the query without a semicolon at its end; raises ImportRefusedError when it is not one SELECT."""
    if len(query) > MOST_CHARACTERS:
        raise ImportRefusedError("the query is longer than 20,000 characters")
    loud = _QUIET.sub(" ", query).lower().strip().rstrip(";").strip()
    first = _WORD.match(loud)
    if first is None or first[0] not in ("select", "with"):
        raise ImportRefusedError("the query must be a SELECT")
    if ";" in loud:
        raise ImportRefusedError("the query must be one SELECT; this is several statements")
    for word in _WORD.finditer(loud):
        called = loud[word.end() :].lstrip().startswith("(")
        if word[0] in _CHANGES and not (called and word[0] in _FUNCTIONS_TOO):
            raise ImportRefusedError(f"the query must only read; it says {word[0].upper()}")
    return query.strip().rstrip(";").rstrip()
