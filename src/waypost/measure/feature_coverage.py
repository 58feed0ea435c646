"""Coverage: which sources see a feature, whom of all its people each of them sees, and how far they agree."""

from itertools import combinations

import msgspec
import polars as pl

from waypost.measure.catalogue import Catalogue
from waypost.measure.catalogue_rules import rules_of
from waypost.measure.catalogue_seen import Span
from waypost.measure.usage_values import Asks


class Sight(msgspec.Struct, frozen=True, kw_only=True):
    """What one source saw of a feature: events, those of them without a person, people, and days of people."""

    source: str
    n: int
    n_nobody: int
    people: int
    days: int


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """What two sources saw of a feature: days of people that both saw, and that either did.

    `minutes` are those of people that both saw; within one, both may tell the same use.
    """

    source: str
    other: str
    both: int
    either: int
    minutes: int = 0

    @property
    def share(self) -> float | None:
        """The share of the days of either that both saw, 0 to 1; None when neither saw a person."""
        return self.both / self.either if self.either else None


class FeatureCoverage(msgspec.Struct, frozen=True, kw_only=True):
    """One feature: its sources, those that saw most people first, and how far each two of them agree.

    `people` and `days` are those that any source saw. `once` are the sources that tell the same uses, and `aside` how
    many events of each are not counted for that.
    """

    key: str
    people: int
    days: int
    sights: tuple[Sight, ...]
    agreements: tuple[Agreement, ...]
    once: tuple[str, ...] = ()
    aside: dict[str, int] = {}

    def share(self, sight: Sight) -> float | None:
        """Return the share of the feature's people that a source saw, 0 to 1; None when it has no people."""
        return sight.people / self.people if self.people else None


def feature_coverage(asks: Asks, catalogue: Catalogue, span: Span) -> list[FeatureCoverage]:
    """Return the coverage of every feature that any source saw in the span, in the catalogue's order."""
    names = asks.ask("measure/catalogue_seen", {**span.params, "recent": span.recent})
    meant = {each.key: each.match for each in catalogue.features}
    rules = rules_of(meant, names.select("kind", "name").unique())
    if not rules.height:
        return []
    frames = {"rules": rules}
    sights = asks.ask("measure/coverage_sources", span.params, frames).partition_by("key", as_dict=True)
    agreed = {
        (key, source, other): (both, minutes)
        for key, source, other, both, _, minutes in asks.ask(
            "measure/coverage_agreement", span.params, frames
        ).iter_rows()
    }
    aside = _aside(asks, catalogue, names, span)
    found = []
    for key in meant:
        rows = sights[(key,)].to_dicts() if (key,) in sights else []
        if rows:
            feature = catalogue.feature(key)
            found.append(
                msgspec.structs.replace(
                    _of(key, rows, agreed), once=feature.once if feature else (), aside=aside.get(key, {})
                )
            )
    return found


def _aside(asks: Asks, catalogue: Catalogue, names: pl.DataFrame, span: Span) -> dict[str, dict[str, int]]:
    """Return by feature and source how many events are not counted."""
    rules = catalogue.usage_rules(names.select("kind", "name").unique()).filter(pl.col("once").is_not_null())
    if not rules.height:
        return {}
    found: dict[str, dict[str, int]] = {}
    for key, source, n in asks.ask("measure/coverage_aside", span.params, {"rules": rules}).iter_rows():
        found.setdefault(key, {})[source] = n
    return found


def _of(
    key: str, rows: list[dict[str, object]], agreed: dict[tuple[str, str, str], tuple[int, int]]
) -> FeatureCoverage:
    sights = tuple(msgspec.convert(row, Sight) for row in rows)
    pairs = combinations(sorted(sights, key=lambda each: each.source), 2)
    return FeatureCoverage(
        key=key,
        people=int(str(rows[0]["all_people"])),
        days=int(str(rows[0]["all_days"])),
        sights=sights,
        agreements=tuple(
            _agreement(one, two, agreed.get((key, one.source, two.source), (0, 0))) for one, two in pairs
        ),
    )


def _agreement(one: Sight, two: Sight, seen: tuple[int, int]) -> Agreement:
    both, minutes = seen
    either = one.days + two.days - both
    return Agreement(source=one.source, other=two.source, both=both, either=either, minutes=minutes)
