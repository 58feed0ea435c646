"""The definitions in force, as pages read them: journeys, the scorecard, tiers, segments."""

from collections.abc import Sequence
from typing import Self

import msgspec

from waypost.intervene import ContactPolicy, Play
from waypost.journey import Journey
from waypost.measure import Catalogue, Holidays, Segment, Tiers
from waypost.score import Scorecard
from waypost.show.desk import Desk
from waypost.store import Definitions, Published

STEADY, WATCH = 70.0, 50.0


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """What the workspace has published, newest versions only; `versions` is by kind and key."""

    journeys: dict[str, Journey]
    scorecards: dict[str, Scorecard]
    segments: tuple[Segment, ...]
    tiers: Tiers
    catalogue: Catalogue
    plays: dict[str, Play]
    policy: ContactPolicy
    holidays: Holidays
    versions: dict[tuple[str, str], int]

    @classmethod
    def read(cls, newest: Sequence[Published]) -> Self:
        """Read definitions that were published."""

        def documents(kind: str) -> list[tuple[str, dict[str, object]]]:
            return [(each.key, each.document) for each in newest if each.kind == kind]

        tiers = [Tiers.from_document(one, where=key) for key, one in documents("tiers")]
        catalogues = [Catalogue.from_document(one, where=key) for key, one in documents("catalogue")]
        holidays = [Holidays.from_document(one, where=key) for key, one in documents("holidays")]
        policies = [ContactPolicy.from_document(one, where=key) for key, one in documents("contact_policy")]
        return cls(
            plays={key: Play.from_document(one, where=key) for key, one in documents("play")},
            policy=policies[0] if policies else ContactPolicy(),
            holidays=holidays[0] if holidays else Holidays(),
            journeys={key: Journey.from_document(one, where=key) for key, one in documents("journey")},
            scorecards={key: Scorecard.from_document(one, where=key) for key, one in documents("scorecard")},
            segments=tuple(Segment.from_document(one, where=key) for key, one in documents("segment")),
            tiers=tiers[0] if tiers else Tiers(),
            catalogue=catalogues[0] if catalogues else Catalogue(),
            versions={(each.kind, each.key): each.version for each in newest},
        )

    def limits(self, scorecard: str | None) -> tuple[float, float]:
        """Return the least scores of Steady and of Watch on a scorecard."""
        card = self.scorecards.get(scorecard or "")
        return (card.bands.steady, card.bands.watch) if card else (STEADY, WATCH)

    def scorecard_name(self, key: str | None) -> str:
        """Return the name of a scorecard; its key when its definition is gone."""
        card = self.scorecards.get(key or "")
        return card.name if card else key or "no scorecard"

    def play_name(self, key: str) -> str:
        """Return the name of a play; its key in words when its definition is gone."""
        return self.plays[key].name if key in self.plays else key.replace("_", " ").capitalize()

    def milestone_name(self, journey: str | None, milestone: str | None) -> str:
        """Return a milestone's name, of any journey when none is said; its key when the definition is gone."""
        known = [self.journeys[journey]] if journey in self.journeys else list(self.journeys.values())
        found = next((each for one in known if (each := one.milestone(milestone))), None)
        return found.name if found else milestone or "–"


class RulesBook:
    """The rules as last read; they are read again only when another version of a definition is in force."""

    def __init__(self) -> None:
        """Begin empty."""
        self._kept: tuple[frozenset[tuple[str, str, int]], Rules] | None = None

    def of(self, desk: Desk) -> Rules:
        """Return the rules of a desk."""
        newest = Definitions(desk.operations).newest()
        versions = frozenset((each.kind, each.key, each.version) for each in newest)
        if self._kept is None or self._kept[0] != versions:
            self._kept = (versions, Rules.read(newest))
        return self._kept[1]
