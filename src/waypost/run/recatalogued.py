"""A changed catalogue: what it touches is derived anew, and nothing else; the rest of the state stays as it is."""

import polars as pl

from waypost.measure import Catalogue, restate_settings, restate_usage
from waypost.run.rulebook import ALWAYS, Rulebook
from waypost.run.touched import Touched
from waypost.store import Scope, Writer, everybody, members_of, restate_seen


def recatalogued(writer: Writer, before: Catalogue, rules: Rulebook) -> Touched:
    """Bring usage and settings up to date with another catalogue; return whose standings and health it may change.

    Touched are the days of people with events of a name that means something else now, the accounts of these people,
    and those whose settings differ. A measure that compares with the catalogue itself (the share of a group in use, of
    settings as wanted) changes for every account when its part of the catalogue does. All history of theirs is scored
    anew: no late data did that, so none is told of.
    """
    pairs = _pairs(writer, before, rules.catalogue)
    people = frozenset(pairs["person_id"].to_list())
    owned = _accounts_of(writer, people)
    restate_usage(writer, pairs, rules.catalogue)
    restate_seen(writer, Scope(people=people))
    owned |= _accounts_of(writer, people)
    if before.settings != rules.catalogue.settings:
        differs = restate_settings(writer, Scope(accounts=everybody(writer).accounts), rules.catalogue)
        configured = frozenset(differs["account_id"].to_list())
        people, owned = people | members_of(writer, configured), owned | configured
    if _compares_everybody(before, rules):
        owned |= everybody(writer).accounts
    return Touched(people=people, begins=dict.fromkeys(owned, ALWAYS))


def _pairs(writer: Writer, before: Catalogue, after: Catalogue) -> pl.DataFrame:
    """Return the (person, day) pairs with any event of a name that means something else than before."""
    known = None
    if before.has_open_features or after.has_open_features:
        known = writer.ask("measure/names_after", {"after": -1})
    old, new = _meant(before, known), _meant(after, known)
    names = {
        name
        for feature, name in old.keys() | new.keys()
        if old.get((feature, name)) != new.get((feature, name))
    }
    frame = pl.DataFrame({"name": sorted(names)}, schema={"name": pl.String})
    return writer.ask("measure/pairs_of_names", frames={"names": frame})


def _meant(catalogue: Catalogue, known: pl.DataFrame | None) -> dict[tuple[str, str], tuple[object, ...]]:
    """Return by feature and name of event what decides whether an event is a use, how much it is, and if it counts."""
    counts = {each.key: each.automated_counts for each in catalogue.features}
    rows = catalogue.usage_rules(known).to_dicts()
    return {
        (row["feature"], row["name"]): (*(str(value) for value in row.values()), counts[row["feature"]])
        for row in rows
    }


def _accounts_of(writer: Writer, people: frozenset[str]) -> frozenset[str]:
    owned = writer.ask("derive/pairs_of_people", frames={"scope": Scope(people=people).people_frame()})
    return frozenset(owned["account_id"].to_list())


def _compares_everybody(before: Catalogue, rules: Rulebook) -> bool:
    """Say whether a scorecard compares every account with a part of the catalogue that has changed."""
    after = rules.catalogue
    asked = [each.measure for era in rules.scorecards for each in era.rule.inputs]
    regrouped = before.feature_frame().drop("name").sort("feature").rows() != (
        after.feature_frame().drop("name").sort("feature").rows()
    )
    rewanted = sorted(before.wanted().rows()) != sorted(after.wanted().rows())
    kinds = {str(measure.get("kind")) for measure in asked}
    return (regrouped and "breadth" in kinds) or (rewanted and "setting_coverage" in kinds)
