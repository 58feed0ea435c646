"""Addresses of pages: an id of any characters becomes one safe piece of a path, and comes back as it was."""

import re
from collections.abc import Mapping
from urllib.parse import urlencode

_UNSAFE = re.compile(rb"[^A-Za-z0-9_-]")
#: Addresses below that of the sources that are no source's.
_OF_ALL = ("refused", "imports")
_ESCAPED = re.compile(rb"~([0-9A-F]{2})")


def piece(identity: str) -> str:
    """Return an id as a piece of a path: `acme/eu` is `acme~2Feu`."""
    return _UNSAFE.sub(lambda found: b"~%02X" % found.group()[0], identity.encode()).decode()


def unpiece(text: str) -> str:
    """Return the id that `piece` wrote."""
    return _ESCAPED.sub(lambda found: bytes([int(found.group(1), 16)]), text.encode()).decode(
        errors="replace"
    )


def account_address(account_id: str) -> str:
    """Return where an account's page is."""
    return f"/accounts/{piece(account_id)}"


def strays_address(account_id: str) -> str:
    """Return where the strays of an account are listed."""
    return with_query("/people", {"account": account_id, "standing": "strays"})


def person_address(person_id: str) -> str:
    """Return where a person's page is."""
    return f"/people/{piece(person_id)}"


def source_address(source: str) -> str:
    """Return where a source's page is; one that is called as a page of all sources has its first letter escaped."""
    found = piece(source)
    return (
        f"/sources/~{source[0].encode().hex().upper()}{found[1:]}"
        if found in _OF_ALL
        else f"/sources/{found}"
    )


def with_query(path: str, query: Mapping[str, str | None]) -> str:
    """Return a path with those query values that are set, in a stable order."""
    said = urlencode({key: value for key, value in query.items() if value})
    return f"{path}?{said}" if said else path


def local(target: str | None, fallback: str = "/") -> str:
    """Return a target inside this workspace; anything that leads elsewhere becomes the fallback."""
    if target and target.startswith("/") and not target.startswith(("//", "/\\")) and "\n" not in target:
        return target
    return fallback
