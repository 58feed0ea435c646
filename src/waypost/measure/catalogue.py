"""The catalogue says what a raw event means: a feature, a setting, or noise."""

from enum import StrEnum
from math import isfinite
from statistics import fmean
from typing import Self

import msgspec
import polars as pl

from waypost.core import Document, fail, reading
from waypost.measure.catalogue_match import Match, json_path
from waypost.measure.catalogue_rules import is_open, rules_of

NOISE = "noise"


class Group(StrEnum):
    """How close a feature is to what customers buy the product for."""

    CORE = "core"
    SECONDARY = "secondary"
    ADMIN = "admin"


class Feature(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A named capability. `name` is a plural that reads before "fell from 41 to 12 a week".

    `weight` is how much it is worth beside the other features of its group, where values are summed. `once` names
    sources that see the same uses, the one believed first: of what they tell of one person in one minute, only what the
    first of those that tell anything tells is counted.
    """

    key: str
    name: str
    match: tuple[Match, ...]
    group: Group = Group.SECONDARY
    weight: float = 1.0
    automated_counts: bool = False
    quantity: str | None = None
    once: tuple[str, ...] = ()

    def exact_names(self) -> list[str] | None:
        """Return the names of its events, None when patterns or paths are among its matches."""
        names = [match.exact for match in self.match]
        return None if None in names else [name for name in names if name is not None]


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
        _check_keys([each.key for each in catalogue.features], "features", where)
        _check_keys([each.key for each in catalogue.settings], "settings", where)
        for nr, feature in enumerate(catalogue.features):
            place = f"features[{nr}]"
            _check_matches(feature.match, f"{place}.match", where)
            if not (isfinite(feature.weight) and feature.weight > 0):
                fail(where, f"{place}.weight: give a number above 0")
            if feature.once:
                _check_once(feature.once, f"{place}.once", where)
            if any(match.value is not None or match.set_to is not None for match in feature.match):
                fail(where, f"{place}.match: `value` and `set_to` are for settings")
        for nr, setting in enumerate(catalogue.settings):
            place = f"settings[{nr}].match"
            _check_matches(setting.match, place, where)
            if any((m.value is None) == (m.set_to is None) for m in setting.match):
                fail(where, f"{place}: say either `value` (a property) or `set_to` (a fixed value)")
        for nr, match in enumerate(catalogue.noise):
            match.check(f"{where}: {NOISE}[{nr}]")
        return catalogue

    def feature_frame(self) -> pl.DataFrame:
        """Return the features: feature, name, group_name, automated_counts, weight.

        Weights are scaled so that those of a group have the mean 1, and their sum is the number of its features.
        """
        mean = {
            group: fmean(f.weight for f in self.features if f.group is group)
            for group in {f.group for f in self.features}
        }
        rows = [
            (f.key, f.name, f.group.value, f.automated_counts, f.weight / mean[f.group])
            for f in self.features
        ]
        schema = {
            "feature": pl.String,
            "name": pl.String,
            "group_name": pl.String,
            "automated_counts": pl.Boolean,
            "weight": pl.Float64,
        }
        return pl.DataFrame(rows, schema=schema, orient="row")

    @property
    def has_open_features(self) -> bool:
        """Whether a feature means names that only the events can tell."""
        return is_open(match for feature in self.features for match in feature.match)

    @property
    def has_open_settings(self) -> bool:
        """Whether a setting means names that only the events can tell."""
        return is_open(match for setting in self.settings for match in setting.match)

    def usage_rules(self, names: pl.DataFrame | None = None) -> pl.DataFrame:
        """Return one row per feature and name of event, as `measure/usage.sql` reads them.

        `names` are those of the events that are rolled up (kind, name), without which patterns find nothing.
        """
        rules = rules_of({each.key: each.match for each in self.features}, names)
        paths = [
            (f.key, json_path(f.quantity) if f.quantity is not None else None, list(f.once) or None)
            for f in self.features
        ]
        quantities = pl.DataFrame(
            paths,
            schema={"feature": pl.String, "quantity_path": pl.String, "once": pl.List(pl.String)},
            orient="row",
        )
        return rules.rename({"key": "feature"}).join(quantities, on="feature", how="left")

    def setting_rules(self, names: pl.DataFrame | None = None) -> pl.DataFrame:
        """Return one row per setting and name of event, as `measure/settings.sql` reads them."""
        return rules_of({each.key: each.match for each in self.settings}, names).rename({"key": "setting"})

    def noise_rules(self, names: pl.DataFrame | None = None) -> pl.DataFrame:
        """Return one row per name of event that is noise, with the key `noise`."""
        return rules_of({NOISE: self.noise}, names)

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


def _check_keys(keys: list[str], name: str, where: str) -> None:
    for nr, key in enumerate(keys):
        if not key:
            fail(where, f"{name}[{nr}].key: give it a key")
        if key in keys[:nr]:
            fail(where, f"{name}[{nr}].key: {key!r} stands twice; give each its own key")


def _check_once(sources: tuple[str, ...], place: str, where: str) -> None:
    if len(sources) == 1:
        fail(where, f"{place}: name two sources or more, the one that is believed first before the others")
    for nr, source in enumerate(sources):
        if not source or source in sources[:nr]:
            fail(where, f"{place}[{nr}]: name each source once, by the name that its events carry")


def _check_matches(matches: tuple[Match, ...], place: str, where: str) -> None:
    if not matches:
        fail(where, f"{place}: name at least one event")
    for nr, match in enumerate(matches):
        match.check(f"{where}: {place}[{nr}]")
        if match in matches[:nr]:
            fail(where, f"{place}[{nr}]: it is the same as match[{matches.index(match)}]; remove one of them")
