"""Who asked, and for which account: ids are taken from where the rules of a source say that they stand."""

import csv
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, unquote, urlsplit

from waypost.collect.log_rules import LogRules, Place
from waypost.collect.logs.escapes import plain
from waypost.collect.logs.jsonlines import at
from waypost.collect.logs.said import Said
from waypost.core import ImportRefusedError, Template

MOST_TABLE_BYTES = 64 * 1024 * 1024
_MOST_FIELDS = 200
_PORT = re.compile(r":\d+$")

#: Returns what stands at a place of a line, given also its request's target and path; "" or "-" for nothing.
_Stands = Callable[[Said, str, str], str]
_Finds = Callable[[Said, str, str], str | None]


class Ids(NamedTuple):
    """The ids of who asked and of the account that it was asked for, None for what a line does not say."""

    person: str | None
    anonymous: str | None
    account: str | None


class Finder:
    """Finds what stands at the first of some places that say something.

    Raises ImportRefusedError when a table of ids cannot be read from its file.
    """

    def __init__(self, places: tuple[Place, ...]) -> None:
        """Read the tables that the places name."""
        self._finds = [_finds(place) for place in places]

    def __call__(self, said: Said, target: str, path: str) -> str | None:
        """Return what a line says, given its request's target and path, too."""
        for find in self._finds:
            found = find(said, target, path)
            if found:
                return found
        return None


class Who:
    """Reads the ids of a line by the rules of its source; raises ImportRefusedError as above."""

    def __init__(self, rules: LogRules) -> None:
        """Read the tables that the rules name."""
        places = [rules.places(part) for part in Ids._fields]
        self._person, self._anonymous, self._account = (Finder(each) for each in places)
        self._steps = [_step(place) for each in places for place in each if place.template is not None]

    def __call__(self, said: Said, target: str, path: str) -> Ids:
        """Return the ids that a line says."""
        return Ids(
            self._person(said, target, path),
            self._anonymous(said, target, path),
            self._account(said, target, path),
        )

    def unnamed(self, path: str) -> str:
        """Return a path with `:NAME` for the steps that ids were taken from, so that names of events hold no ids."""
        for step, name in self._steps:
            match = step.fullmatch(path)
            if match:
                path = f"{path[: match.start(1)]}:{name}{path[match.end(1) :]}"
        return path


def tables_seen(rules: LogRules) -> tuple[object, ...]:
    """Return what differs as soon as a table that the rules name was written anew: read it again then."""
    return tuple(map(_seen, rules.files))


def _seen(file: str) -> object:
    try:
        found = Path(file).stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _finds(place: Place) -> _Finds:
    stands, table = _stands(place), _table(place)
    fits = re.compile(place.pattern).fullmatch if place.pattern is not None else None

    def find(said: Said, target: str, path: str) -> str | None:
        value: str | None = stands(said, target, path)
        if not value or value == "-":
            return None
        if fits:
            match = fits(value)
            value = match[match.re.groups] if match else None
        return table.get(value) if table is not None and value else value

    return find


def _stands(place: Place) -> _Stands:
    name = place.name
    if place.sort in ("cookie", "header"):
        part = f"{place.sort}.{name.lower()}"
        return lambda said, _target, _path: unquote(plain(_text(said.more.get(part))))
    if place.sort == "path":
        step, _ = _step(place)
        return lambda _said, _target, path: unquote(match[1]) if (match := step.fullmatch(path)) else ""
    stands: dict[str, _Stands] = {
        "user": lambda said, _target, _path: plain(said.user.strip('"')),
        "host": _host,
        "address": lambda said, _target, _path: said.address,
        "query": lambda said, target, _path: _parameter(name, said, target),
        "field": lambda said, _target, _path: plain(_text(at(said.more, name))),
    }
    return stands[place.sort]


def _host(said: Said, target: str, _path: str) -> str:
    host = said.host
    if (not host or host == "-") and not target.startswith("/"):
        try:
            host = urlsplit(target).netloc
        except ValueError:
            return ""
    return _PORT.sub("", host.lower())


def _parameter(name: str, said: Said, target: str) -> str:
    asked = target.partition("?")[2].partition("#")[0]
    try:
        found = dict(parse_qsl(asked, max_num_fields=_MOST_FIELDS)) if asked else {}
    except ValueError:
        found = {}
    return found.get(name) or unquote(_text(said.more.get(f"query.{name}")))


def _text(value: object) -> str:
    """Return a value of a line as an id: text or a whole number; anything else is none."""
    if isinstance(value, str):
        return value
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""


def _step(place: Place) -> tuple[re.Pattern[str], str]:
    """Return the expression of a template, its group the step that holds the id, and the name of that step."""
    template = Template.of(place.template or "")
    wanted, seen = f":{place.name}", False
    steps = list[str]()
    for step in template.steps:
        if step == wanted and not seen:
            steps.append("([^/]+)")
            seen = True
        else:
            steps.append("[^/]+" if step.startswith(":") else re.escape(step))
    # Below an account's own step its own page counts as well: /orgs/:account/* means /orgs/acme, too.
    return re.compile("/".join(steps) + ("(?:/.*)?" if template.deep else "/?")), place.name


def _table(place: Place) -> Mapping[str, str] | None:
    table = _read(Path(place.file)) if place.file is not None else place.table
    if table is not None and place.sort == "host":
        return {host.lower(): account for host, account in table.items()}
    return table


def _read(file: Path) -> dict[str, str]:
    try:
        if file.stat().st_size > MOST_TABLE_BYTES:
            raise ImportRefusedError(f"the table {file} is over {MOST_TABLE_BYTES // 1024 // 1024} MB")
        with file.open(encoding="utf-8-sig", newline="") as lines:
            rows = [(reader.line_num, row) for reader in [csv.reader(lines)] for row in reader if row]
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ImportRefusedError(
            f"the table {file}, named by the source's rules, cannot be read ({error})"
        ) from None
    for number, row in rows:
        if len(row) < 2:  # noqa: PLR2004 -- a value and an id
            raise ImportRefusedError(f"the table {file}, line {number}: expected a value and an id beside it")
    return {row[0].strip(): row[1].strip() for _, row in rows}
