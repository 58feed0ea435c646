"""The definitions in force: what events mean today, and which rules held on each day."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import pairwise, product
from typing import Generic, Self, TypeVar

import polars as pl

from waypost.journey import Journey, Of
from waypost.measure import (
    AnyMeasure,
    Catalogue,
    Segment,
    Tiers,
    known_from,
    made_of,
    measure_from,
    trait_path,
)
from waypost.score import Known, Scorecard
from waypost.store import Definitions, Published

ALWAYS = date(1, 1, 1)
NEVER = date(9999, 12, 31)
#: Plays and their policy are asked about a state and make none, so a new one of them restates nothing. Nor does a
#: segment, unless it decides who is on a journey.
MAKE_STATE = ("catalogue", "tiers", "journey", "scorecard")
T = TypeVar("T")


@dataclass(frozen=True, slots=True, kw_only=True)
class InForce(Generic[T]):
    """One version of a definition, in force from a day until before another."""

    rule: T
    version: int
    from_on: date
    until_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """All definitions of a workspace, read and checked.

    The newest catalogue, tiers and segments say what events and accounts are, for all days. Journeys and scorecards are
    rules: each version holds from the day on which it was published, the first ones of a workspace from ever.
    `revision` counts the versions ever published of what makes state, so a state knows whether these rules made it;
    `published` counts those of everything. `history` holds the versions that `revision` counts, oldest first, and
    `every` those that `published` counts, each definition's in their order.
    """

    catalogue: Catalogue
    tiers: Tiers
    segments: tuple[Segment, ...]
    journeys: tuple[InForce[Journey], ...]
    scorecards: tuple[InForce[Scorecard], ...]
    revision: int = 0
    published: int = 0
    history: tuple[Published, ...] = ()
    every: tuple[Published, ...] = ()

    @classmethod
    def of(cls, definitions: Definitions) -> Self:
        """Read what is published; raises DefinitionError when a document does not read."""
        return cls.of_versions(definitions.all())

    @classmethod
    def of_versions(cls, every: list[Published]) -> Self:
        """Read versions, each definition's in their order."""
        last = {(each.kind, each.key): each for each in every}
        newest = [each for each in last.values() if not each.withdrawn]
        catalogues = _read(newest, "catalogue", Catalogue.from_document)
        tiers = _read(newest, "tiers", Tiers.from_document)
        segments = tuple(_read(newest, "segment", Segment.from_document))
        journeys = tuple(_in_force(every, "journey", Journey.from_document))
        deciding = {("segment", key) for key in _deciding(segments, journeys)}
        history = [each for each in every if each.kind in MAKE_STATE or (each.kind, each.key) in deciding]
        return cls(
            catalogue=catalogues[0] if catalogues else Catalogue(),
            tiers=tiers[0] if tiers else Tiers(),
            segments=segments,
            journeys=journeys,
            scorecards=tuple(_in_force(every, "scorecard", Scorecard.from_document)),
            revision=len(history),
            published=len(every),
            history=tuple(sorted(history, key=_by_time)),
            every=tuple(every),
        )

    def catalogue_at(self, revision: int) -> Catalogue | None:
        """Return the catalogue of an earlier revision, if nothing but the catalogue has changed since; else None."""
        if any(each.kind != "catalogue" for each in self.history[revision:]):
            return None
        last = next((each for each in reversed(self.history[:revision]) if each.kind == "catalogue"), None)
        if last is None or last.withdrawn:
            return Catalogue()
        return Catalogue.from_document(last.document, where=f"catalogue, version {last.version}")

    def journey(self, key: str, version: int) -> Journey | None:
        """Return one version of a journey, or None."""
        return next((e.rule for e in self.journeys if e.rule.key == key and e.version == version), None)

    @property
    def kinds_that_move(self) -> frozenset[str]:
        """The kinds of event that may move everybody at an account: its clock, or who is on a journey."""
        gates = [gate for each in self.journeys for gate in (each.rule.entry, each.rule.exit)]
        told = {gate.event.partition("/")[0] for gate in gates if gate.event is not None}
        return frozenset(
            {"pause"} | told | {"contract" for each in self.journeys if each.rule.entry.contract}
        )

    def traits_asked(self) -> pl.DataFrame:
        """Return the JSON paths of the traits on which it hangs who is on a journey: path."""
        asked = _deciding(self.segments, self.journeys)
        mine = (each for each in self.segments if each.key in asked)
        paths = {trait_path(c.trait) for each in mine for _, c in each.conditions() if c.trait is not None}
        return pl.DataFrame({"path": sorted(paths)}, schema={"path": pl.String})

    def scorecard_on(self, day: date) -> InForce[Scorecard] | None:
        """Return the scorecard in force on a day: the first by key; None when there is none."""
        fitting = [each for each in self.scorecards if each.from_on <= day < each.until_on]
        return min(fitting, key=lambda each: each.rule.key, default=None)

    def scorecard_eras(self) -> list[InForce[Scorecard]]:
        """Return the scorecards by which accounts are judged, each with the days on which it is the one in force."""
        edges = sorted({day for each in self.scorecards for day in (each.from_on, each.until_on)})
        eras: list[InForce[Scorecard]] = []
        for begin, end in pairwise(edges):
            chosen = self.scorecard_on(begin)
            if chosen is None:
                continue
            if eras and eras[-1].until_on == begin and eras[-1].rule is chosen.rule:
                eras[-1] = replace(eras[-1], until_on=end)
            else:
                eras.append(replace(chosen, from_on=begin, until_on=end))
        return eras

    def journeys_in_force(self) -> pl.DataFrame:
        """Return since when each version of each journey is in force: journey, version, from_on."""
        rows = [(each.rule.key, each.version, each.from_on) for each in self.journeys]
        schema = {"journey": pl.String, "version": pl.Int64, "from_on": pl.Date}
        return pl.DataFrame(rows, schema=schema, orient="row")

    def versions(self) -> pl.DataFrame:
        """Return which version of which journey stands at each place of `journeys`: rulebook_nr, journey, version."""
        rows = [(nr, each.rule.key, each.version) for nr, each in enumerate(self.journeys)]
        schema = {"rulebook_nr": pl.Int64, "journey": pl.String, "version": pl.Int64}
        return pl.DataFrame(rows, schema=schema, orient="row")

    def audiences(self, of: Of) -> pl.DataFrame:
        """Return whom each journey of people, or of accounts, is for in each era (days between changes of any).

        Columns: era_from, era_until (exclusive), rulebook_nr (which of `journeys`), rank, journey; role, tier, plan and
        segment (null: any); gated (it has an entry or exit of its own).
        """
        edges = sorted({day for each in self.journeys for day in (each.from_on, each.until_on)})
        rows = [
            (begin, end, nr, each.rule.rank, each.rule.key, *fits, bool(each.rule.entry or each.rule.exit))
            for begin, end in pairwise(edges)
            for nr, each in enumerate(self.journeys)
            if each.rule.of is of and each.from_on <= begin and end <= each.until_on
            for fits in _audience(each.rule)
        ]
        schema = {
            "era_from": pl.Date,
            "era_until": pl.Date,
            "rulebook_nr": pl.Int64,
            "rank": pl.Int64,
            "journey": pl.String,
            "role": pl.String,
            "tier": pl.String,
            "plan": pl.String,
            "segment": pl.String,
            "gated": pl.Boolean,
        }
        return pl.DataFrame(rows, schema=schema, orient="row")

    def clauses(self) -> pl.DataFrame:
        """Return every counting clause of every version of every journey, as `standings/flips.sql` reads them.

        `rulebook_nr` is the place of the version in `journeys`, `clause` the place of the leaf in its journey.
        """
        rows = [
            (nr, place, leaf.kind.value, leaf.feature, leaf.setting, leaf.wanted, leaf.threshold, window_days)
            for nr, each in enumerate(self.journeys)
            for place, (_, leaf, window_days) in enumerate(each.rule.leaves())
        ]
        schema = {
            "rulebook_nr": pl.Int64,
            "clause": pl.Int64,
            "kind": pl.String,
            "feature": pl.String,
            "setting": pl.String,
            "value": pl.String,
            "threshold": pl.Float64,
            "window_days": pl.Int64,
        }
        return pl.DataFrame(rows, schema=schema, orient="row")


def _deciding(segments: Iterable[Segment], journeys: Iterable[InForce[Journey]]) -> frozenset[str]:
    """Return the keys of the segments that decide who is on a journey, those that they are made of included."""
    known = {each.key: each for each in segments}
    return made_of(known, (key for each in journeys for key in each.rule.segments.values()))


def _audience(journey: Journey) -> Iterable[tuple[str | None, ...]]:
    """Return every role, tier, plan and segment that together fit; None fits any."""
    asked = journey.audience
    return product(*(each or (None,) for each in (asked.roles, asked.tiers, asked.plans, asked.segments)))


def measures_of(card: Scorecard) -> dict[str, AnyMeasure]:
    """Return the measure behind every input of a scorecard."""
    return {
        each.key: measure_from(each.measure, where=f"scorecard {card.key}, input {each.key}")
        for each in card.inputs
    }


def known_of(measures: dict[str, AnyMeasure]) -> dict[str, Known]:
    """Return from which denominator on each measure is known (scaled), and why it is not below."""
    return {
        key: Known(least=known_from(measure) * measure.scale, unknown=measure.unknown)
        for key, measure in measures.items()
    }


def _by_time(each: Published) -> tuple[datetime, str, int]:
    # Catalogues come first in an instant: whatever was published beside them is then seen as the later change.
    return each.published_at, each.kind, each.version


def _read(published: Iterable[Published], kind: str, reader: Callable[..., T]) -> list[T]:
    return [reader(each.document, where=f"{kind} {each.key}") for each in published if each.kind == kind]


def _in_force(published: list[Published], kind: str, reader: Callable[..., T]) -> list[InForce[T]]:
    """Return every version that was in force on some day, with its days; the newest of a day wins that day."""
    opening = min((each.published_on for each in published), default=NEVER)
    last_of_day = {(each.key, each.published_on): each for each in published if each.kind == kind}
    found = []
    for (key, day), each in last_of_day.items():
        until_on = min((d for k, d in last_of_day if k == key and d > day), default=NEVER)
        if each.withdrawn:
            continue
        rule = reader(each.document, where=f"{kind} {key}, version {each.version}")
        from_on = ALWAYS if day == opening else day
        found.append(InForce(rule=rule, version=each.version, from_on=from_on, until_on=until_on))
    return found
