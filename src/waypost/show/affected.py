"""What hangs on one source: features that only it sees, and the scores and journeys that count them."""

import msgspec

from waypost.measure import NOISE, Catalogue, Span, meanings, seen_events
from waypost.score import Input
from waypost.show.addresses import piece
from waypost.show.kept import Keeping
from waypost.show.rules import Rules
from waypost.show.visit import Visit


class Named(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """Something with a page."""

    name: str
    href: str


class Affected(msgspec.Struct, frozen=True, kw_only=True):
    """What is blind while a source is late."""

    features: list[Named] = []
    scorecards: list[Named] = []
    journeys: list[Named] = []


def affected(visit: Visit) -> dict[str, Affected]:
    """Return, by source, what counts on it alone by the events of the last 28 days."""
    rules = visit.rules
    seen = seen_events(Keeping(visit), rules.catalogue, Span.up_to(visit.today))
    of: dict[str, set[str]] = {}
    for (source, _, _), keys in meanings(seen, rules.catalogue).items():
        for key in keys - {NOISE}:
            of.setdefault(key, set()).add(source)
    only: dict[str, set[str]] = {}
    for key, sources in of.items():
        if len(sources) == 1:
            only.setdefault(min(sources), set()).add(key)
    return {source: _of(keys, rules) for source, keys in only.items()}


def _of(keys: set[str], rules: Rules) -> Affected:
    journeys = sorted(
        Named(name=journey.name, href=f"/journeys/{piece(key)}")
        for key, journey in rules.journeys.items()
        if any({leaf.feature, leaf.setting} & keys for _, leaf, _ in journey.leaves())
    )
    scorecards = [
        Named(name=f"{card.name} by {', '.join(inputs)}", href="/measures#scored")
        for card in rules.scorecards.values()
        if (inputs := [each.name for each in card.inputs if _weighs(each, keys, rules, bool(journeys))])
    ]
    return Affected(
        features=_features(keys, rules.catalogue), scorecards=sorted(scorecards), journeys=journeys
    )


def _weighs(each: Input, keys: set[str], rules: Rules, on_a_journey: bool) -> bool:  # noqa: FBT001 -- one fact of two
    """Tell whether an input counts one of these features or settings: by its name, or because it counts all of them."""
    match each.measure.get("kind"):
        case "adoption":
            return on_a_journey
        case "breadth":
            return any(feature.key in keys for feature in rules.catalogue.features)
        case "setting_coverage":
            return any(setting.key in keys for setting in rules.catalogue.settings)
        case _:
            return each.measure.get("feature") in keys


def _features(keys: set[str], catalogue: Catalogue) -> list[Named]:
    features = [
        Named(name=each.name, href=f"/catalogue/features/{piece(each.key)}")
        for each in catalogue.features
        if each.key in keys
    ]
    settings = [
        Named(name=each.name, href=f"/catalogue/settings/{piece(each.key)}")
        for each in catalogue.settings
        if each.key in keys
    ]
    return sorted(features) + sorted(settings)
