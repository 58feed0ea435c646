"""Clauses in words, and what a draft of a journey changes, line by line."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from waypost.journey import Clause, Journey, Milestone
from waypost.measure import Catalogue, Segment
from waypost.show import words
from waypost.show.pages.journey_editor_draft import Draft, Row
from waypost.show.pages.journey_editor_gates import comes, goes


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """One difference between two versions of a journey: where it is, what was there, what is there now."""

    place: str
    was: str
    now: str


class Wording:
    """The names of a catalogue, and clauses said with them."""

    def __init__(self, catalogue: Catalogue, segments: Sequence[Segment] = ()) -> None:
        """Read the names."""
        self.catalogue = catalogue
        self.segments = {each.key: each.name for each in segments}
        self.features = {each.key: each.name for each in catalogue.features}
        self.units = {each.key: each.quantity or "" for each in catalogue.features}
        self.settings = {each.key: each.name for each in catalogue.settings}
        self.wanted = {each.key: each.wanted or "" for each in catalogue.settings}

    def clause(self, clause: Clause) -> str:
        """Return what a clause asks, in words: `Reports exported at least 3 times within 28 days`."""
        if clause.parts:
            link = " or " if clause.any_of else " and "
            return "(" + link.join(self.clause(part) for part in clause.parts) + ")"
        within = f" within {words.plural(clause.in_days, 'day', 'days')}" if clause.in_days else ""
        return self._counted(clause) + within

    def whole(self, clause: Clause) -> str:
        """Return all that a clause says, its own words and those of its parts included."""
        own = f"{self.clause(clause)}, {_own(clause)}"
        return f"{own}, optional" if clause.optional else own

    def own_words(self, draft: Draft) -> dict[str, str]:
        """Return words for every clause of a draft by its place, to stand where it says nothing itself."""
        return {place: self.row(row) for place, row in draft.rows()}

    def row(self, row: Row) -> str:
        """Return what a clause as typed asks, as a short sentence: `Reports exported 3 times`."""
        if row.word:
            said = [self.row(part) for part in row.parts]
            link = " or " if row.word == "any" else " and "
            return link.join([*said[:1], *(each[:1].lower() + each[1:] for each in said[1:])])
        feature = self.features.get(row.feature, row.feature or "A feature")
        days = f" in {row.in_days} days" if row.in_days else ""
        match row.kind:
            case "active_days":
                return f"Active on {row.least or '?'} days{days}"
            case "setting":
                return f"{self.settings.get(row.setting, row.setting or 'A setting')} is {row.wanted or '?'}"
            case "people":
                about = f" with {feature}" if row.feature else " active"
                return f"{row.least or '?'} people{about}{days}"
            case "quantity":
                unit = self.units.get(row.feature, "")
                return f"{feature}: {row.least or '?'} {unit}".rstrip() + days
            case _:
                often = "" if row.least in ("", "1") else f" {row.least} times"
                return f"{feature}{often}{days}"

    def _counted(self, clause: Clause) -> str:
        feature = self.features.get(clause.feature or "", clause.feature or "")
        least = f"{clause.threshold:.12g}"
        if clause.setting is not None:
            return f"{self.settings.get(clause.setting, clause.setting)} is {clause.wanted}"
        if clause.active_days is not None:
            return f"active on at least {words.plural(clause.active_days, 'day', 'days')}"
        if clause.people is not None:
            return f"at least {words.plural(clause.people, 'person', 'people')} with {feature or 'any use'}"
        if clause.quantity_at_least is not None:
            return f"{feature}: at least {least} {self.units.get(clause.feature or '', '')}".rstrip()
        return f"{feature} at least {words.plural(int(float(least)), 'time', 'times')}"


def _own(clause: Clause) -> str:
    """Return the words that a clause gives itself, and in brackets those of its parts."""
    missed = f", “{clause.missed}” when missed" if clause.missed else ""
    parts = f" [{'; '.join(_own(part) for part in clause.parts)}]" if clause.parts else ""
    return f"said as “{clause.says}”{missed}{parts}"


def changes(before: Journey | None, after: Journey, wording: Wording) -> list[Change]:
    """Return what a journey changes, in its order; of a new one, everything it says."""
    old = dict(_said(before, wording)) if before else {}
    new = dict(_said(after, wording))
    return [
        Change(place=place, was=old.get(place, ""), now=new.get(place, ""))
        for place in [*new, *(each for each in old if each not in new)]
        if old.get(place) != new.get(place)
    ]


def _said(journey: Journey, wording: Wording) -> Iterator[tuple[str, str]]:
    yield "Name", journey.name
    yield "For", "accounts as a whole" if journey.of == "accounts" else "people"
    yield "Roles", ", ".join(journey.audience.roles) or "any"
    yield "Tiers", ", ".join(journey.audience.tiers) or "any"
    yield "Plans", ", ".join(journey.audience.plans) or "any"
    inside = [wording.segments.get(key, key) for key in journey.audience.segments]
    yield "In one of the segments", ", ".join(inside) or "any or none"
    yield "Come to it", comes(journey, wording.catalogue, wording.segments)
    yield "Leave it", goes(journey, wording.catalogue, wording.segments) or "with their access"
    yield "Comes before others, by rank", str(journey.rank)
    yield "Order of milestones", ", ".join(each.key for each in journey.milestones)
    for milestone in journey.milestones:
        yield from _of_milestone(milestone, wording)


def _of_milestone(milestone: Milestone, wording: Wording) -> Iterator[tuple[str, str]]:
    named = milestone.key
    yield f"{named}: name", milestone.name
    day = milestone.by_day
    yield f"{named}: due", f"by day {day}" if day is not None else f"every {milestone.rolling_days} days"
    for nr, clause in enumerate(milestone.clauses, start=1):
        yield f"{named}: clause {nr}", wording.whole(clause)


def named_places(found: list[Change], names: Mapping[str, str]) -> list[Change]:
    """Return changes with milestones called by their names in place of their keys."""
    return [
        msgspec.structs.replace(each, place=f"{names[key]}: {rest}")
        if (key := each.place.partition(": ")[0]) in names and (rest := each.place.partition(": ")[2])
        else each
        for each in found
    ]
