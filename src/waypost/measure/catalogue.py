"""The catalogue says what a raw event means: a feature, a setting, or noise."""

from enum import StrEnum
from typing import Self

import msgspec
import polars as pl

from waypost.core import Actor, Document, fail, reading


class Group(StrEnum):
    """How close a feature is to what customers buy the product for."""

    CORE = "core"
    SECONDARY = "secondary"
    ADMIN = "admin"


class Where(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename={"equals": "is"}):
    """A condition on one property of an event, named by its path (`plan` or `order.plan`)."""

    property: str
    equals: str


class Match(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which events are meant: by name, and when given also by kind, source and one property.

    `actor` overrides who acted. For a setting, `value` names the property that holds the value, and `set_to` gives
    a fixed one.
    """

    event: str
    kind: str | None = None
    source: str | None = None
    where: Where | None = None
    actor: Actor | None = None
    value: str | None = None
    set_to: str | None = None


class Feature(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A named capability. `name` is a plural that reads before "fell from 41 to 12 a week"."""

    key: str
    name: str
    match: tuple[Match, ...]
    group: Group = Group.SECONDARY
    automated_counts: bool = False
    quantity: str | None = None


class Setting(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A configuration value with dated changes; `wanted` is the value that good use has."""

    key: str
    name: str
    match: tuple[Match, ...]
    wanted: str | None = None


class Catalogue(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Everything that raw events of this workspace can mean."""

    key: str = "catalogue"
    kind: str = "catalogue"
    features: tuple[Feature, ...] = ()
    settings: tuple[Setting, ...] = ()
    noise: tuple[Match, ...] = ()

    @classmethod
    def from_document(cls, document: Document, *, where: str) -> Self:
        """Read a catalogue; raises DefinitionError with the path of the fault."""
        catalogue = reading(cls, document, where=where)
        for name, keyed in (("features", catalogue.features), ("settings", catalogue.settings)):
            keys = [each.key for each in keyed]
            for nr, key in enumerate(keys):
                if key in keys[:nr]:
                    fail(where, f"{name}[{nr}].key: {key!r} stands twice; give each its own key")
        for nr, feature in enumerate(catalogue.features):
            _check_apart(feature.match, f"{where}: features[{nr}]")
        for nr, setting in enumerate(catalogue.settings):
            if any((m.value is None) == (m.set_to is None) for m in setting.match):
                fail(
                    where,
                    f"settings[{nr}].match: say either `value` (a property) or `set_to` (a fixed value)",
                )
        return catalogue

    def feature_frame(self) -> pl.DataFrame:
        """Return the features: feature, name, group_name, automated_counts."""
        rows = [(f.key, f.name, f.group.value, f.automated_counts) for f in self.features]
        schema = {
            "feature": pl.String,
            "name": pl.String,
            "group_name": pl.String,
            "automated_counts": pl.Boolean,
        }
        return pl.DataFrame(rows, schema=schema, orient="row")

    def usage_rules(self) -> pl.DataFrame:
        """Return one row per feature and match, as `measure/usage.sql` reads them."""
        rows = [
            (f.key, m.kind, m.source, m.event, *_condition(m), m.actor, _path(f.quantity))
            for f in self.features
            for m in f.match
        ]
        names = ("feature", "kind", "source", "name", "path", "equals", "actor", "quantity_path")
        return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")

    def setting_rules(self) -> pl.DataFrame:
        """Return one row per setting and match, as `measure/settings.sql` reads them."""
        rows = [
            (s.key, m.kind, m.source, m.event, *_condition(m), _path(m.value), m.set_to)
            for s in self.settings
            for m in s.match
        ]
        names = ("setting", "kind", "source", "name", "path", "equals", "value_path", "value")
        return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String), orient="row")

    def wanted(self) -> pl.DataFrame:
        """Return the settings that have a wanted value: setting, value."""
        rows = [(s.key, s.wanted) for s in self.settings if s.wanted is not None]
        return pl.DataFrame(rows, schema={"setting": pl.String, "value": pl.String}, orient="row")

    def feature(self, key: str) -> Feature | None:
        """Return the feature with this key, or None."""
        return next((each for each in self.features if each.key == key), None)

    def setting(self, key: str) -> Setting | None:
        """Return the setting with this key, or None."""
        return next((each for each in self.settings if each.key == key), None)


def _check_apart(matches: tuple[Match, ...], where: str) -> None:
    """Refuse two matches that may mean the same event: it would count twice."""
    for nr, match in enumerate(matches):
        for earlier, other in enumerate(matches[:nr]):
            if not _are_apart(match, other):
                fail(
                    f"{where}.match[{nr}]",
                    f"these events are meant by match[{earlier}] already, and would count twice",
                )


def _are_apart(one: Match, other: Match) -> bool:
    pairs = [(one.event, other.event), (one.kind, other.kind), (one.source, other.source)]
    if one.where and other.where and one.where.property == other.where.property:
        pairs.append((one.where.equals, other.where.equals))
    return any(mine and yours and mine != yours for mine, yours in pairs)


def _condition(match: Match) -> tuple[str | None, str | None]:
    return (_path(match.where.property), match.where.equals) if match.where else (None, None)


def _path(name: str | None) -> str | None:
    """Return the JSON path of a property; each step is quoted, so a name may hold anything but a dot."""
    if name is None:
        return None
    steps = (step.replace("\\", "").replace('"', "") for step in name.split("."))
    return "$" + "".join(f'."{step}"' for step in steps)
