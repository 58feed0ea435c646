"""The catalogue: what events mean, how much comes in of it, and what it might say that it does not yet."""

from typing import Any

from starlette.responses import Response

from waypost.core import Kind
from waypost.measure import Catalogue, Group, Span
from waypost.show.catalogue_rows import (
    GROUP_WORDS,
    FeatureRow,
    Overview,
    feature_rows,
    goes_with_words,
    noise_rows,
    overview,
    setting_rows,
    twin_rows,
    unmapped_rows,
)
from waypost.show.spreadsheet import csv_response
from waypost.show.visit import Visit
from waypost.store import Drafts

TABS = ("features", "settings", "noise", "proposals")
SORTS = ("n", "name", "people", "accounts")
KEY = ("catalogue", "catalogue")
MOST_IN_A_FILE = 5_000
FEATURE_HEAD = [
    "feature", "name", "group", "weight", "events", "automated", "people", "accounts", "last_used_at", "means",
]  # fmt: skip
EVENT_HEAD = [
    "source", "kind", "name", "events", "mean_nothing", "automated", "people", "accounts", "first_on",
    "last_at", "new", "goes_with", "sample",
]  # fmt: skip


def catalogue(visit: Visit) -> Response:
    """Draw the catalogue: features by group, settings, noise, or what it proposes."""
    chosen = visit.choice("show", TABS)
    rules = visit.rules.catalogue
    found = overview(visit, rules)
    twins = twin_rows(found)
    return visit.page(
        "catalogue.html",
        found=found,
        rules=rules,
        chosen=chosen,
        tabs=[
            ("features", "Features", len(rules.features)),
            ("settings", "Settings", len(rules.settings)),
            ("noise", "Noise", len(rules.noise)),
            ("proposals", "Proposals", found.unmapped + len(twins)),
        ],
        version=visit.rules.versions.get(KEY),
        draft=Drafts(visit.desk.operations).get(*KEY),
        **_shown(visit, rules, found, chosen),
        twins=twins,
    )


def catalogue_csv(visit: Visit) -> Response:
    """Send what the page shows as a file."""
    rules = visit.rules.catalogue
    chosen = visit.choice("show", TABS)
    if chosen == "settings":
        return _settings_csv(visit, rules)
    found = overview(visit, rules)
    if chosen == "noise":
        rows = [[each.means, each.n] for each in noise_rows(visit, rules, found)]
        return csv_response("noise.csv", ["means", "events"], rows)
    return (
        _proposals_csv(visit, rules, found) if chosen == "proposals" else _features_csv(visit, rules, found)
    )


def _shown(visit: Visit, rules: Catalogue, found: Overview, chosen: str) -> dict[str, Any]:
    if chosen == "settings":
        return {"settings": setting_rows(visit, rules, found.span)}
    if chosen == "noise":
        return {"noise": noise_rows(visit, rules, found)}
    features = feature_rows(visit, rules, found.span)
    idle = [each for each in features if not each.use.n]
    if chosen == "proposals":
        rows = unmapped_rows(visit, found)
        said = [(each, goes_with_words(each.goes_with, rules) if each.goes_with else "") for each in rows]
        has_requests = Kind.LOG.value in found.seen["kind"]
        likely = sum(each.is_likely for each in rows)
        return {"unmapped": said, "likely": likely, "idle": idle, "has_requests": has_requests}
    sort = visit.choice("sort", SORTS)
    ordered = _sorted(features, sort)
    groups = [(group, [each for each in ordered if each.feature.group is group]) for group in Group]
    return {
        "groups": [(group.value, GROUP_WORDS[group], rows) for group, rows in groups if rows],
        "sort": sort,
        "idle": idle,
    }


def _sorted(rows: list[FeatureRow], sort: str) -> list[FeatureRow]:
    if sort == "name":
        return sorted(rows, key=lambda each: each.feature.name.casefold())
    return sorted(rows, key=lambda each: (-getattr(each.use, sort), each.feature.name))


def _features_csv(visit: Visit, rules: Catalogue, found: Overview) -> Response:
    rows = [
        [
            each.feature.key, each.feature.name, each.feature.group.value, each.feature.weight, each.use.n,
            each.use.n_automated, each.use.people, each.use.accounts, each.last_at, "; ".join(each.means),
        ]
        for each in feature_rows(visit, rules, found.span)
    ]  # fmt: skip
    return csv_response("features.csv", FEATURE_HEAD, rows)


def _settings_csv(visit: Visit, rules: Catalogue) -> Response:
    rows = [
        [each.setting.key, each.setting.name, each.setting.wanted, value.value, value.accounts, value.changed]
        for each in setting_rows(visit, rules, Span.up_to(visit.today))
        for value in each.values
    ]
    return csv_response(
        "settings.csv", ["setting", "name", "wanted", "value", "accounts", "came_to_it"], rows
    )


def _proposals_csv(visit: Visit, rules: Catalogue, found: Overview) -> Response:
    rows = [
        [
            each.source, each.kind, each.name, each.n, each.n_left, each.n_automated, each.people, each.accounts,
            each.first_on, each.last_at, each.is_new,
            goes_with_words(each.goes_with, rules) if each.goes_with else "", each.sample,
        ]
        for each in unmapped_rows(visit, found, most=MOST_IN_A_FILE)
    ]  # fmt: skip
    return csv_response("proposals.csv", EVENT_HEAD, rows)
