"""Calling: what the odds of a morning say of somebody becomes a fact, once, on the day on which it turns.

Odds are fitted anew every day, so no replay could work out what they were on a day that is over. What they said then is
told as events, by which journeys judge: a day that is judged again keeps the calls that were made on it.
"""

from collections.abc import Iterator
from datetime import datetime

import msgspec
import polars as pl

from waypost.core import Actor, Event, Kind, derived_id
from waypost.learn import calls
from waypost.run.odds import OddsState
from waypost.run.signals import OURS
from waypost.store import Writer, append


def call(writer: Writer, state: OddsState, *, now: datetime, zone: str) -> pl.DataFrame:
    """Append what these odds say that was not said yet; return the odds with at_risk (null: the rule judges)."""
    said = calls(state.odds, writer.ask("learn/called"))
    append(writer, [*_judges(writer, state, now), *_turns(said, now)], zone=zone)
    return said.drop("turns", "day_0", "paused")


def _judges(writer: Writer, state: OddsState, now: datetime) -> Iterator[Event]:
    """Tell of every milestone that odds judge from today on, or the rule of thumb again."""
    last = {tuple(place): by_odds for *place, by_odds in writer.ask("learn/judged").iter_rows()}
    for stage, model in state.models.items():
        by_odds = model.hazard is not None
        if by_odds != last.get((stage.journey, stage.version, stage.milestone), False):
            about = {"journey": stage.journey, "version": stage.version, "milestone": stage.milestone}
            history = {"people": model.people, "accounts": model.accounts, "met": model.met, "why": model.why}
            yield _event("by_odds" if by_odds else "by_rule", about | history, now)


def _turns(said: pl.DataFrame, now: datetime) -> Iterator[Event]:
    """Tell of everybody who is called at risk from today on, or no longer."""
    told = ("journey", "version", "milestone", "odds", "low", "high", "people")
    for row in said.filter("turns").to_dicts():
        name = "at_risk" if row["at_risk"] else "not_at_risk"
        yield _event(
            name, {key: row[key] for key in told}, now, person=row["person_id"], account=row["account_id"]
        )


def _event(
    name: str,
    said: dict[str, object],
    now: datetime,
    *,
    person: str | None = None,
    account: str | None = None,
) -> Event:
    about = (str(person), str(account), str(said["journey"]), str(said["version"]), str(said["milestone"]))
    return Event(
        event_id=derived_id("learnt", name, *about, now.isoformat()),
        source=OURS,
        kind=Kind.LEARNT,
        name=name,
        happened_at=now,
        received_at=now,
        person_id=person,
        account_id=account,
        actor=Actor.SYSTEM,
        properties=msgspec.Raw(msgspec.json.encode({key: v for key, v in said.items() if v is not None})),
    )
