"""What matters: which features and frequencies in the first days go with staying, per journey and landmark."""

from datetime import date

import msgspec
import polars as pl

from waypost.journey import Journey, Of
from waypost.learn import Matters, matters
from waypost.run.placing import placements
from waypost.run.rulebook import Rulebook
from waypost.run.underway import Asks, journeys_on
from waypost.store import Writer

#: Days after day 0 at which adopters are told from others.
LANDMARKS = (7, 30, 60)
#: How often a feature is used, at least, to count as adopted; each is tried.
OFTEN = (1, 3, 10)
#: Who still uses the product in the last 28 of the 60 days after the landmark has stayed.
AFTER_DAYS, LAST_DAYS = 60, 28
MOST_PEOPLE = 20_000
#: So many people are placed at once, so that a million fit into memory.
MOST_AT_ONCE = 200_000


def matters_state(asks: Asks, rules: Rulebook, *, today: date) -> pl.DataFrame:
    """Work it out for every journey in force; return it as the table `matters` holds it."""
    rows = [
        (each.rule.key, by_day, today, msgspec.json.encode(found).decode())
        for each in journeys_on(rules, today=today)
        if each.rule.of is Of.PEOPLE
        for by_day in LANDMARKS
        for found in [matters_of(asks, rules, each.rule, by_day, today=today)]
    ]
    schema = {"journey": pl.String, "by_day": pl.Int64, "made_on": pl.Date, "report": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def keep_matters(writer: Writer, fresh: pl.DataFrame) -> None:
    """Store it in place of what was stored."""
    writer.run("learn/matters_clear")
    writer.run("learn/matters_keep", frames={"fresh": fresh})


def matters_of(asks: Asks, rules: Rulebook, journey: Journey, by_day: int, *, today: date) -> Matters:
    """Return what goes with staying among the people of one journey."""
    features = rules.catalogue.feature_frame()
    people = compared(asks, rules, journey, by_day, today=today)
    frames = {"people": people, "features": features, "often": pl.DataFrame({"at_least": list(OFTEN)})}
    reached = asks.ask("learn/staying_reached", {"by_day": by_day}, frames)
    active = asks.ask("learn/staying_active", {"by_day": by_day}, frames)
    return matters(people, reached, active, by_day=by_day)


def compared(asks: Asks, rules: Rulebook, journey: Journey, by_day: int, *, today: date) -> pl.DataFrame:
    """Return the people of one journey who are compared, as `learn/staying_people` tells them."""
    return asks.ask(
        "learn/staying_people",
        {
            "journey": journey.key,
            "entered": bool(journey.entry),
            "by_day": by_day,
            "after_days": AFTER_DAYS,
            "last_days": LAST_DAYS,
            "today": today,
            "most": MOST_PEOPLE,
        },
        {
            "features": rules.catalogue.feature_frame(),
            "entries": _entries(asks, rules, journey, today=today) if journey.entry else _NO_ENTRIES,
        },
    )


def adopters(
    asks: Asks, rules: Rulebook, people: pl.DataFrame, feature: str, at_least: int, by_day: int
) -> pl.Series:
    """Return the numbers of those people who had used a feature so often by a day."""
    features = rules.catalogue.feature_frame().filter(feature=feature)
    frames = {"people": people, "features": features, "often": pl.DataFrame({"at_least": [at_least]})}
    return asks.ask("learn/staying_reached", {"by_day": by_day}, frames)["person"]


def _entries(asks: Asks, rules: Rulebook, journey: Journey, *, today: date) -> pl.DataFrame:
    """Return who entered a journey on which day, and from when on they were on it.

    The one may be before the other: whom a journey fits only later has entered it all the same.
    """
    everybody = asks.ask("learn/people_of_journey", {"journey": journey.key})
    nrs = [nr for nr, each in enumerate(rules.journeys) if each.rule.key == journey.key]
    placed = [
        placements(asks, Of.PEOPLE, scope, rules, today=today).filter(pl.col("rulebook_nr").is_in(nrs))
        for scope in everybody.iter_slices(MOST_AT_ONCE)
    ]
    return pl.concat([_NO_ENTRIES, *(each.select(*_NO_ENTRIES.columns) for each in placed)])


_NO_ENTRIES = pl.DataFrame(
    schema={"person_id": pl.String, "account_id": pl.String, "provisioned_on": pl.Date, "from_on": pl.Date}
)
