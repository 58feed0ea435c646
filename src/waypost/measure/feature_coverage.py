"""Coverage: which sources see a feature, whom of all its people each of them sees, and how far they agree."""

from itertools import combinations

import msgspec

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
    """What two sources saw of a feature: days of people that both saw, and that either did."""

    source: str
    other: str
    both: int
    either: int

    @property
    def share(self) -> float | None:
        """The share of the days of either that both saw, 0 to 1; None when neither saw a person."""
        return self.both / self.either if self.either else None


class FeatureCoverage(msgspec.Struct, frozen=True, kw_only=True):
    """One feature: its sources, those that saw most people first, and how far each two of them agree.

    `people` and `days` are those that any source saw.
    """

    key: str
    people: int
    days: int
    sights: tuple[Sight, ...]
    agreements: tuple[Agreement, ...]

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
        (key, source, other): both
        for key, source, other, both, _ in asks.ask(
            "measure/coverage_agreement", span.params, frames
        ).iter_rows()
    }
    found = []
    for key in meant:
        rows = sights[(key,)].to_dicts() if (key,) in sights else []
        if rows:
            found.append(_of(key, rows, agreed))
    return found


def _of(key: str, rows: list[dict[str, object]], agreed: dict[tuple[str, str, str], int]) -> FeatureCoverage:
    sights = tuple(msgspec.convert(row, Sight) for row in rows)
    pairs = combinations(sorted(sights, key=lambda each: each.source), 2)
    return FeatureCoverage(
        key=key,
        people=int(str(rows[0]["all_people"])),
        days=int(str(rows[0]["all_days"])),
        sights=sights,
        agreements=tuple(
            _agreement(one, two, agreed.get((key, one.source, two.source), 0)) for one, two in pairs
        ),
    )


def _agreement(one: Sight, two: Sight, both: int) -> Agreement:
    return Agreement(source=one.source, other=two.source, both=both, either=one.days + two.days - both)
