"""Usage by day, person, feature and actor, and the dated settings, for whom a round touched."""

from datetime import date, timedelta

import polars as pl

from waypost.measure.catalogue import Catalogue
from waypost.store import Scope, Writer, differing

#: Days further apart than this are rolled up apart.
APART = timedelta(days=3)
PAIRS = {"person_id": pl.String, "day": pl.Date}


def restate_usage(writer: Writer, pairs: pl.DataFrame, catalogue: Catalogue) -> None:
    """Roll the (person, day) pairs up anew; `pairs` has the columns person_id and day."""
    if not pairs.height:
        return
    names = None
    days = pairs.select("day").unique().sort("day")
    if catalogue.has_open_features:
        names = writer.ask("measure/names_on_days", frames={"days": days})
    rules = catalogue.usage_rules(names)
    for near in _stretches(pairs, days):
        bounds = {"first_on": near["day"].min(), "last_on": near["day"].max()}
        writer.run("measure/clear_usage", bounds, {"pairs": near})
        writer.run("measure/usage", bounds, {"pairs": near, "rules": rules})
    writer.run("measure/clear_used_days", frames={"days": days})
    writer.run("measure/used_days", frames={"days": days})


def first_met(writer: Writer, people: frozenset[str]) -> date:
    """Return the first day on which any of these people did anything: events before it need not be read."""
    if not people:
        return date.max
    frames = {"scope": Scope(people=people).people_frame()}
    return writer.ask("measure/first_meeting", frames=frames).item() or date.max


def usage_pairs(writer: Writer, people: frozenset[str], *, since: date) -> pl.DataFrame:
    """Return every day on which these people did anything (`since`: see first_met) or have usage stored."""
    if not people:
        return pl.DataFrame(schema=PAIRS)
    frames = {"scope": Scope(people=people).people_frame()}
    return writer.ask("measure/usage_pairs_of_people", {"since": since}, frames)


def fresh_settings(writer: Writer, after: int, catalogue: Catalogue) -> pl.DataFrame:
    """Return whose settings the events after an arrival may have changed.

    Columns: person_id, account_id (null: the account of the person).
    """
    rules = catalogue.setting_rules(_setting_names(writer, catalogue, after=after))
    return writer.ask("measure/fresh_settings", {"after": after}, {"rules": rules})


def sets_something(writer: Writer, people: frozenset[str], catalogue: Catalogue, *, since: date) -> bool:
    """Return whether these people ever did (`since`: see first_met) anything that the catalogue maps to a setting."""
    if not people:
        return False
    frames = {"scope": Scope(people=people).people_frame()}
    rules = {"rules": catalogue.setting_rules(_setting_names(writer, catalogue, after=-1))}
    return bool(writer.ask("measure/sets_something", {"since": since}, {**frames, **rules}).item())


def restate_settings(writer: Writer, scope: Scope, catalogue: Catalogue) -> pl.DataFrame:
    """Derive the dated settings of the scope's accounts anew; return the rows that came or went."""
    rules = catalogue.setting_rules(_setting_names(writer, catalogue, after=-1))
    frames = {"scope": scope.accounts_frame(), "rules": rules}
    before = writer.ask("measure/settings_of", frames=frames)
    if before.height:
        writer.run("measure/clear_settings", frames=frames)
    writer.run("measure/settings", frames=frames)
    return differing(before, writer.ask("measure/settings_of", frames=frames))


def fresh_pairs(fresh: pl.DataFrame) -> pl.DataFrame:
    """Return the (person, day) pairs of freshly appended events."""
    known = fresh.filter(pl.col("person_id").is_not_null())
    return known.select("person_id", pl.col("happened_on").alias("day")).unique()


def _stretches(pairs: pl.DataFrame, days: pl.DataFrame) -> list[pl.DataFrame]:
    """Cut pairs into stretches of days: an event that came a year late must not make anybody read the year."""
    apart = (pl.col("day").diff() > APART).fill_null(value=False).cum_sum().alias("stretch")
    numbered = days.with_columns(apart)
    if not numbered["stretch"].max():
        return [pairs]
    return pairs.join(numbered, on="day").partition_by("stretch", include_key=False)


def _setting_names(writer: Writer, catalogue: Catalogue, *, after: int) -> pl.DataFrame | None:
    """Return the names of the events after an arrival, if the settings have patterns to look up in them."""
    return writer.ask("measure/names_after", {"after": after}) if catalogue.has_open_settings else None
