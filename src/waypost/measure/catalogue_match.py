"""A match says which events are meant: by name or pattern, path, table, kind, source and properties."""

import re
from math import isfinite
from typing import Any

import msgspec

from waypost.core import Actor, Kind, Template, fail

#: Kinds of event by which people use a product; a match that names no kind and no exact event means only these.
ACTS = (Kind.TRACK, Kind.PAGE, Kind.SCREEN, Kind.LOG, Kind.ROW)
#: Kinds of event that have a path.
WITH_PATH = (Kind.PAGE, Kind.SCREEN, Kind.LOG)
_OPERATORS = ("equals", "is_not", "one_of", "exists", "at_least", "at_most")

Value = str | int | float


class Where(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename={"equals": "is"}):
    """One condition on a property of an event, named by its path (`plan` or `order.plan`).

    Exactly one of the operators is given; `at_least` and `at_most` may stand together. A number is compared as a
    number, whatever way it was written. An event without the property fulfils only `is_not` and `exists: false`.
    """

    property: str
    equals: Value | None = None
    is_not: Value | None = None
    one_of: tuple[Value, ...] | None = None
    exists: bool | None = None
    at_least: float | None = None
    at_most: float | None = None

    def check(self, where: str) -> None:
        """Raise DefinitionError unless the condition makes sense."""
        if not all(self.property.split(".")):
            fail(where, "property: name the property; a dot steps into an object")
        given = [name for name in _OPERATORS if getattr(self, name) is not None]
        if len(given) != 1 and given != ["at_least", "at_most"]:
            fail(
                where,
                "say one of is, is_not, one_of, exists, at_least, at_most (the last two may stand together)",
            )
        if self.one_of is not None and not self.one_of:
            fail(where, "one_of: name at least one value")
        if not all(isfinite(bound) for bound in (self.at_least, self.at_most) if bound is not None):
            fail(where, "at_least and at_most: give a plain number")
        if self.at_least is not None and self.at_most is not None and self.at_least > self.at_most:
            fail(where, "at_least is above at_most, so that no value fits")

    def condition(self) -> dict[str, Any]:
        """Return the condition as `meant_by` of the store reads it."""
        said = [value for value in (self.equals, self.is_not) if value is not None] or list(self.one_of or ())
        op = "between"
        if said:
            op = "not_in" if self.is_not is not None else "in"
        elif self.exists is not None:
            op = "exists" if self.exists else "missing"
        return {
            "path": json_path(self.property),
            "op": op,
            "texts": [value for value in said if isinstance(value, str)],
            "numbers": [float(value) for value in said if not isinstance(value, str)],
            "least": self.at_least,
            "most": self.at_most,
        }


class Match(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which events are meant; everything that it says must hold.

    `event` is a name, exact unless it holds `*` (any characters) or `ignore_case` is set. `path` is a template of the
    path of a page or of a logged request (`/orders/:id/export`, with a method before it if only that is meant).
    `table` is the name that a query source gives its rows. `actor` overrides who acted. For a setting, `value` names
    the property that holds the value, and `set_to` gives a fixed one.
    """

    event: str | None = None
    ignore_case: bool = False
    path: str | None = None
    table: str | None = None
    kind: Kind | None = None
    source: str | None = None
    where: Where | tuple[Where, ...] = ()
    actor: Actor | None = None
    value: str | None = None
    set_to: str | None = None

    @property
    def conditions(self) -> tuple[Where, ...]:
        """Every condition on properties; all must hold."""
        return (self.where,) if isinstance(self.where, Where) else self.where

    @property
    def exact(self) -> str | None:
        """The one name of event that is meant, None when several names may fit."""
        name = self.table if self.table is not None else self.event
        return None if name is None or self.ignore_case or "*" in name or self.path is not None else name

    @property
    def kinds(self) -> tuple[Kind, ...] | None:
        """The kinds of event that can be meant; None for all."""
        if self.kind is not None:
            return (self.kind,)
        if self.table is not None:
            return (Kind.ROW,)
        if self.path is not None:
            return WITH_PATH if self.event is None else WITH_PATH[:2]
        return None if self.exact is not None else ACTS

    def check(self, where: str) -> None:
        """Raise DefinitionError unless the match makes sense."""
        if not any(said for said in (self.event, self.path, self.table, self.source)):
            fail(where, "say which events are meant: event, path, table or source")
        if self.event is not None and self.table is not None:
            fail(where, "table: it is the name of the rows' events; say event or table, not both")
        if self.table is not None and self.kind not in (None, Kind.ROW):
            fail(where, f"kind: a table has events of kind row, not {self.kind}")
        if self.path is not None:
            self._check_path(self.path, where)
        for nr, condition in enumerate(self.conditions):
            place = "where" if isinstance(self.where, Where) else f"where[{nr}]"
            condition.check(f"{where}.{place}")

    def _check_path(self, path: str, where: str) -> None:
        fault = Template.fault(path)
        if fault is not None:
            fail(where, f"path: {fault}")
        method = Template.method_of(path)
        if self.kind is not None and self.kind not in WITH_PATH:
            fail(where, f"path: events of kind {self.kind} have none; use event")
        if self.event is not None and (self.kind is Kind.LOG or method):
            fail(where, "path: the name of a logged request is its path already; say event or path, not both")
        if method and self.kind not in (None, Kind.LOG):
            fail(where, f"path: only logged requests have a method, not events of kind {self.kind}")

    def event_pattern(self) -> str:
        """Return the regular expression of the names that fit, ignoring the path."""
        name = self.table if self.table is not None else self.event
        body = ".*" if name is None else ".*".join(re.escape(part) for part in name.split("*"))
        return f"(?s{'i' if self.ignore_case else ''})^{body}$"

    def method(self) -> str | None:
        """Return the method that the path asks for, None when any will do."""
        return Template.method_of(self.path or "")

    def template(self) -> Template | None:
        """Return the template of the path, None when the match has none."""
        return Template.of(self.path) if self.path and Template.fault(self.path) is None else None


def json_path(name: str) -> str:
    """Return the JSON path of a property; each step is quoted, so a name may hold anything but a dot."""
    steps = (step.replace("\\", "").replace('"', "") for step in name.split("."))
    return "$" + "".join(f'."{step}"' for step in steps)
