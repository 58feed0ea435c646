"""What a drained line says: a message of an application or of a platform's router, with a head of syslog or none."""

import re

from waypost.collect.family import BadBodyError
from waypost.collect.formats import LOGS, Format
from waypost.collect.log_rules import LogRules
from waypost.collect.logs import Layout, LogLines, Said, json_layout, request_of
from waypost.core import ImportRefusedError, StoreError

#: Formats whose lines stand for themselves. A pattern is no matter for an address: whoever may send must not be able to
#: send an expression that never ends.
DRAINED = (
    Format.APACHE_COMBINED,
    Format.APACHE_LOG,
    Format.NGINX_LOG,
    Format.HAPROXY,
    Format.AWS_ALB,
)

#: Time, host, application, process and message id of RFC 5424, and the head of RFC 3164, which has no year.
_HEAD = re.compile(r"<\d{1,3}>1 (\S+) \S+ \S+ \S+ \S+ (.*)", re.DOTALL)
_OLD_HEAD = re.compile(
    r"<\d{1,3}>[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d (?:\S+ )?[^\s:\[]+(?:\[\d+\])?: (.*)", re.DOTALL
)
#: Structured data, which Logplex leaves out.
_DATA = re.compile(r'(?:-|(?:\[(?:[^\]\\"]|\\.|"(?:[^"\\]|\\.)*+")*+\])++) (.*)', re.DOTALL)
_PAIR = re.compile(r'([A-Za-z_][\w.-]*)=("(?:[^"\\]|\\.)*"|\S*)')
_ROUTER = ("at=", "sock=")
PLAIN_LOG = "plain_log"


def drain_reader(name: str, written: str, rules: LogRules) -> LogLines:
    """Return who reads messages: JSON, a router's, and others in the format of this name ("" for none).

    Raises BadBodyError when there is no such format, StoreError when a table that the rules name cannot be read.
    """
    if name and name not in DRAINED:
        raise BadBodyError(f"format={name} is none of {', '.join(DRAINED)}")
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
        at, message = _headless(line)
        bare = match[1] if (match := _DATA.fullmatch(message)) else message
        for each in (message, bare):
            if each.startswith("{"):
                said = as_json.split(each)
                return said._replace(time=said.time or at) if said else None
            if each.startswith(_ROUTER):
                return _routed(each, at)
        said = (inner.split(bare) or inner.split(message)) if inner else None
        return said._replace(time=said.time or at) if said else None

    differs = inner.differs if inner else as_json.differs
    return Layout(split, differs, None if inner else lambda _line: True, PLAIN_LOG)


def _headless(line: str) -> tuple[str, str]:
    """Return the time in a line's head of syslog, "" when it has none, and what follows the head."""
    if match := _HEAD.fullmatch(line):
        return match[1], match[2].removeprefix("\ufeff")
    match = _OLD_HEAD.fullmatch(line)
    return "", match[1] if match else line


def _routed(message: str, at: str) -> Said:
    """Return what a line of Heroku's router says: `at=info method=GET path="/" host=… status=200 …`."""
    found = {name: value.strip('"') for name, value in _PAIR.findall(message)}
    method, path = found.get("method", ""), found.get("path", "")
    return Said(
        address=found.get("fwd", "").partition(",")[0],
        user="",
        time=at,
        request=request_of(method, path, "") if method and path else "-",
        status=found.get("status", ""),
        bytes=found.get("bytes", ""),
        referer="",
        agent="",
        host=found.get("host", ""),
        more=found,
    )
