"""What a line of a server's log means: who asked, for which account, by which name, and what else is noise."""

import re
from enum import StrEnum
from ipaddress import ip_network

import msgspec

from waypost.core import Template, fail

MOST_REQUESTS = 300
MOST_PLACES = 20
MOST_NOISE = 300
#: Places with a name behind a dot, and those without.
NAMED = ("cookie", "header", "query", "path", "field")
PLAIN = ("user", "host", "address")
_STATUS = re.compile(r"[1-5](?:\d\d|xx)")


class Place(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename={"origin": "from"}):
    """Where in a line an id stands, and what becomes of what stands there.

    `origin` (`from` in the document) is `user`, `host`, `address`, or `cookie.NAME`, `header.NAME`, `query.NAME`,
    `path.NAME` (the step `:NAME` of `template`) or `field.NAME` (of JSON, with dots for what is inside). Only values
    that `pattern` fits as a whole count, and its first group is the id. With `table` or `file` (CSV of two columns, by
    its whole path) the id is what stands beside the value there, and a value that does not stand there says nothing.
    """

    origin: str
    template: str | None = None
    pattern: str | None = None
    table: dict[str, str] | None = None
    file: str | None = None

    @property
    def sort(self) -> str:
        """The place without its name: `cookie` of `cookie.uid`."""
        return self.origin.partition(".")[0]

    @property
    def name(self) -> str:
        """The name behind the dot, "" for a place without."""
        return self.origin.partition(".")[2]

    def check(self, where: str, place: str) -> None:
        """Raise DefinitionError unless the place makes sense."""
        if not (self.origin in PLAIN or (self.sort in NAMED and self.name)):
            named = ", ".join(f"{each}.NAME" for each in NAMED)
            fail(where, f"{place}.from: {self.origin!r} is no place; say {', '.join(PLAIN)}, {named}")
        if (self.sort == "path") != (self.template is not None):
            fail(
                where,
                f"{place}.template: path.NAME needs one, such as /orgs/:NAME/*, and no other place has one",
            )
        if self.template is not None:
            _check_template(self.template, where, f"{place}.template")
            if f":{self.name}" not in Template.of(self.template).steps:
                fail(where, f"{place}.template: it must have the step :{self.name}")
        if self.pattern is not None:
            _check_pattern(self.pattern, where, f"{place}.pattern")
        if self.table is not None and self.file is not None:
            fail(where, f"{place}.file: say either `table` or `file`")
        if self.file is not None and not self.file.startswith("/"):
            fail(where, f"{place}.file: give the whole path, beginning with /")


class Request(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Requests that are use of the product, and the name of their events (None: the method and the template).

    `status` lists codes and hundreds (`2xx`). A request that fits is kept whatever the rules of noise say of its
    ending and of its status.
    """

    path: str
    status: tuple[str | int, ...] = ("2xx",)
    name: str | None = None

    def check(self, where: str, place: str) -> None:
        """Raise DefinitionError unless the request makes sense."""
        _check_template(self.path, where, f"{place}.path")
        odd = next((each for each in self.status if not _STATUS.fullmatch(str(each))), None)
        if odd is not None or not self.status:
            fail(
                where,
                f"{place}.status: {odd!r} is none; list codes and hundreds, such as [200, 302] or [2xx]",
            )
        if self.name is not None and not self.name.strip():
            fail(where, f"{place}.name: give the event a name, or leave it out")


class Waivable(StrEnum):
    """Rules of noise that a source may be without."""

    HEALTH_CHECK = "health_check"
    MONITOR = "monitor"
    BOT = "bot"
    PROBE_METHOD = "probe_method"
    BROWSER_CHORE = "browser_chore"
    INTERNAL = "internal"
    STATIC_FILE = "static_file"
    REDIRECT = "redirect"
    CLIENT_ERROR = "client_error"
    SERVER_ERROR = "server_error"
    NO_ANSWER = "no_answer"


class NoiseRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is noise in one source beside what is noise everywhere, and which of those rules do not hold (`keep`).

    `internal` are addresses and networks (`10.0.0.0/8`), `paths` templates, `agents` texts within user agents, `people`
    ids of persons, in which `*` is any text.
    """

    internal: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    agents: tuple[str, ...] = ()
    people: tuple[str, ...] = ()
    keep: tuple[Waivable, ...] = ()

    def check(self, where: str) -> None:
        """Raise DefinitionError with the path of the first thing that means nothing."""
        for name in ("internal", "paths", "agents", "people"):
            said: tuple[str, ...] = getattr(self, name)
            if len(said) > MOST_NOISE:
                fail(where, f"log.noise.{name}: {len(said)} are too many; {MOST_NOISE} are allowed")
            for nr, each in enumerate(said):
                place = f"log.noise.{name}[{nr}]"
                if not each.strip():
                    fail(where, f"{place}: it is empty, which would be everything")
                if name == "paths":
                    _check_template(each, where, place)
                if name == "internal":
                    _check_network(each, where, place)


class LogRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What lines of one source mean. Of several places the first that says something counts.

    `address` is the client's, by which requests are known to be our own.
    """

    person: tuple[str | Place, ...] = ("user",)
    anonymous: tuple[str | Place, ...] = ()
    account: tuple[str | Place, ...] = ()
    address: tuple[str | Place, ...] = ("address",)
    requests: tuple[Request, ...] = ()
    noise: NoiseRules = NoiseRules()

    def check(self, where: str) -> None:
        """Raise DefinitionError with the path of the first thing that means nothing."""
        for part in ("person", "anonymous", "account", "address"):
            places = self.places(part)
            if len(places) > MOST_PLACES:
                fail(where, f"log.{part}: {len(places)} places are too many; {MOST_PLACES} are allowed")
            for nr, place in enumerate(places):
                place.check(where, f"log.{part}[{nr}]")
        if len(self.requests) > MOST_REQUESTS:
            fail(where, f"log.requests: {len(self.requests)} are too many; {MOST_REQUESTS} are allowed")
        for nr, request in enumerate(self.requests):
            request.check(where, f"log.requests[{nr}]")
        self.noise.check(where)

    def places(self, part: str) -> tuple[Place, ...]:
        """Return where a part (`person`, `anonymous`, `account`, `address`) stands."""
        said: tuple[str | Place, ...] = getattr(self, part)
        return tuple(Place(origin=each) if isinstance(each, str) else each for each in said)

    @property
    def files(self) -> tuple[str, ...]:
        """The files of tables that the rules name, each once."""
        parts = (self.person, self.anonymous, self.account, self.address)
        named = (each.file for part in parts for each in part if isinstance(each, Place) and each.file)
        return tuple(sorted(set(named)))

    @property
    def asks_who(self) -> bool:
        """Whether more than the user of a line says who asked."""
        return self.person != ("user",) or bool(self.anonymous or self.account)


def _check_template(written: str, where: str, place: str) -> None:
    fault = Template.fault(written)
    if fault is not None:
        fail(where, f"{place}: {fault}")


def _check_network(written: str, where: str, place: str) -> None:
    try:
        ip_network(written, strict=False)
    except ValueError:
        fail(where, f"{place}: {written!r} is no address and no network, such as 203.0.113.7 or 10.0.0.0/8")


def _check_pattern(written: str, where: str, place: str) -> None:
    try:
        groups = re.compile(written).groups
    except re.error as error:
        fail(where, f"{place}: it is no regular expression: {error}")
    if groups > 1:
        fail(where, f"{place}: it has {groups} groups; one group is the id, the others are written (?:…)")
