"""From a request's target to a path without secrets, and to a template without ids."""

import re

# A segment is an id when it is a number, a UUID, hexadecimal with a digit, long with a digit, or an address.
_ID = re.compile(
    r"""(?<=/)(?:
        \d+
      | [0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}
      | (?=[a-fA-F]*+\d)[0-9a-fA-F]{8,}
      | (?=[^/\d]*+\d)[A-Za-z0-9_~.\-]{20,}
      | [^/]*(?:@|%40)[^/]*
    )(?=/|$)""",
    re.VERBOSE,
)
_REQUEST = re.compile(r"([A-Z]{1,20}) (\S+)(?: HTTP/\d(?:\.\d)?)?")
# Nearly all requests; the rest is looked at with the expression, which takes twice as long.
_WORDS = 3
_METHODS = frozenset({"GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"})
_PROTOCOLS = frozenset({"HTTP/1.1", "HTTP/2.0", "HTTP/1.0", "HTTP/2", "HTTP/3.0", "HTTP/3"})
_DIGIT_OR_ADDRESS = re.compile(r"[0-9@]")


def asked_by(request: str) -> tuple[str, str] | None:
    """Return the method and the target of a request line; None when it is none."""
    words = request.split(" ")
    if len(words) == _WORDS and words[2] in _PROTOCOLS and words[0] in _METHODS and words[1]:
        return words[0], words[1]
    match = _REQUEST.fullmatch(request)
    return (match[1], match[2]) if match else None


def path_of(target: str) -> str | None:
    """Return the path of a request's target, without query, fragment and session; None when it has none."""
    path = target
    if not path.startswith("/"):
        scheme, found, rest = path.partition("://")
        if not found or not scheme.isalpha():
            return None
        path = "/" + rest.partition("/")[2]
    for sign in "?#;":
        if sign in path:
            path = path.partition(sign)[0]
    return path


def template_of(path: str) -> str:
    """Return a path with every segment that is an id as `:id`, and without a slash at its end."""
    if len(path) > 1 and path.endswith("/"):
        path = path.rstrip("/") or "/"
    return _ID.sub(":id", path) if _DIGIT_OR_ADDRESS.search(path) else path
