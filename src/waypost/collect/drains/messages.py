"""What a drained line says: a message of an application or of a platform's router, with a head of syslog or none."""

import re

from waypost.collect.family import BadBodyError
from waypost.collect.formats import LOGS, Format
from waypost.collect.log_rules import LogRules
from waypost.collect.logs import Layout, LogLines, Said, json_layout, request_of
from waypost.core import ImportRefusedError, StoreError

#: Formats whose lines stand for themselves. A pattern is no matter for an address: whoever may send must not be able to
#: send an expression that never ends.
FORMATS = (
    Format.APACHE_COMBINED,
    Format.APACHE_LOG,
    Format.NGINX_LOG,
    Format.HAPROXY,
    Format.AWS_ALB,
)

#: Time, host, application and process of RFC 5424; Logplex leaves the structured data out, others write it.
_HEAD = re.compile(
    r"<\d{1,3}>1 (\S+) \S+ \S+ \S+ \S+ (?:(?:-|(?:\[(?:[^\]\\\"]|\\.|\"(?:[^\"\\]|\\.)*\")*\])+) (?=[{a]))?(.*)",
    re.DOTALL,
)
_PAIR = re.compile(r'([A-Za-z_][\w.-]*)=("(?:[^"\\]|\\.)*"|\S*)')
_ROUTER = ("at=", "sock=")
PLAIN_LOG = "plain_log"


def reader_of(name: str, written: str, rules: LogRules) -> LogLines:
    """Return who reads messages: JSON, a router's, and others in the format of this name ("" for none).

    Raises BadBodyError when there is no such format, StoreError when a table that the rules name cannot be read.
    """
    if name and name not in FORMATS:
        raise BadBodyError(f"format={name} is none of {', '.join(FORMATS)}")
    try:
        inner = LOGS[Format(name)](written) if name else None
    except ImportRefusedError as error:
        raise BadBodyError(str(error)) from None
    try:
        return LogLines(drained(inner), None, rules)
    except ImportRefusedError as error:
        # It is our table that cannot be read: the sender must come again.
        raise StoreError(str(error)) from None


def drained(inner: Layout | None) -> Layout:
    """Return a layout of messages: JSON, what Heroku's router writes, and `inner` for every other one.

    Without it every other message is noise: what applications print is mostly no request.
    """
    as_json = json_layout()

    def split(line: str) -> Said | None:
        head = _HEAD.fullmatch(line)
        at, message = (head[1], head[2]) if head else ("", line)
        if message.startswith("{"):
            said = as_json.split(message)
        elif message.startswith(_ROUTER):
            said = _routed(message)
        else:
            said = inner.split(message) if inner else None
        return said._replace(time=said.time or at) if said else None

    differs = inner.differs if inner else as_json.differs
    return Layout(split, differs, None if inner else lambda _line: True, PLAIN_LOG)


def _routed(message: str) -> Said:
    """Return what a line of Heroku's router says: `at=info method=GET path="/" host=… status=200 …`."""
    found = {name: value.strip('"') for name, value in _PAIR.findall(message)}
    method, path = found.get("method", ""), found.get("path", "")
    return Said(
        address=found.get("fwd", "").partition(",")[0],
        user="",
        time="",
        request=request_of(method, path, "") if method and path else "-",
        status=found.get("status", ""),
        bytes=found.get("bytes", ""),
        referer="",
        agent="",
        host=found.get("host", ""),
        more=found,
    )
