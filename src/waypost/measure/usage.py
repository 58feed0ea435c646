"""Usage by day, person, feature and actor, and the dated settings, for whom a round touched."""

from datetime import date

import polars as pl

from waypost.measure.catalogue import Catalogue
from waypost.store import Frames, Params, Scope, Writer, differing

PAIRS = {"person_id": pl.String, "day": pl.Date}


def restate_usage(writer: Writer, pairs: pl.DataFrame, catalogue: Catalogue) -> None:
    """Roll the (person, day) pairs up anew; `pairs` has the columns person_id and day."""
    if not pairs.height:
        return
    names = None
    if catalogue.has_open_features:
        names = writer.ask("measure/names_on_days", frames={"days": pairs.select("day").unique()})
    frames = {"pairs": pairs, "rules": catalogue.usage_rules(names)}
    days = {"first_on": pairs["day"].min(), "last_on": pairs["day"].max()}
    writer.run("measure/clear_usage", frames=frames)
    writer.run("measure/usage", days, frames=frames)


def usage_pairs(writer: Writer, people: frozenset[str]) -> pl.DataFrame:
    """Return every day on which these people did anything or have usage stored."""
    if not people:
        return pl.DataFrame(schema=PAIRS)
    frames = {"scope": Scope(people=people).people_frame()}
    return writer.ask("measure/usage_pairs_of_people", _since(writer, frames), frames)


def fresh_settings(writer: Writer, after: int, catalogue: Catalogue) -> pl.DataFrame:
    """Return whose settings the events after an arrival may have changed.

    Columns: person_id, account_id (null: the account of the person).
    """
    rules = catalogue.setting_rules(_setting_names(writer, catalogue, after=after))
    return writer.ask("measure/fresh_settings", {"after": after}, {"rules": rules})


def sets_something(writer: Writer, people: frozenset[str], catalogue: Catalogue) -> bool:
    """Return whether any of these people ever did anything that the catalogue maps to a setting."""
    if not people:
        return False
    frames = {"scope": Scope(people=people).people_frame()}
    rules = {"rules": catalogue.setting_rules(_setting_names(writer, catalogue, after=-1))}
    return bool(writer.ask("measure/sets_something", _since(writer, frames), {**frames, **rules}).item())


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


def _since(writer: Writer, frames: Frames) -> Params:
    """Return the first day on which any of the people of `scope` did anything, so that events before are passed by."""
    return {"since": writer.ask("measure/first_meeting", frames=frames).item() or date.max}


def _setting_names(writer: Writer, catalogue: Catalogue, *, after: int) -> pl.DataFrame | None:
    """Return the names of the events after an arrival, if the settings have patterns to look up in them."""
    return writer.ask("measure/names_after", {"after": after}) if catalogue.has_open_settings else None
