"""Raise the signals that are due, as events in the same transaction as the state they are about."""

from datetime import date, datetime, timedelta

import msgspec
import polars as pl

from waypost.core import Actor, Event, Kind, day_of, start_of
from waypost.run.rulebook import Rulebook
from waypost.sense import QUIET_DAYS, Signal, of_accounts, of_milestones, of_people
from waypost.store import Writer, append

OURS = "waypost"
#: A milestone is told of once in a lifetime, a band until it changes again: what was told is looked up this far back.
MEMORY_DAYS = 400
#: A score may drift inside a band's edge for so many days before the band it came from is forgotten.
BAND_DAYS = 60


def tell_of_people(
    writer: Writer, rules: Rulebook, met: pl.DataFrame, *, now: datetime, since: date, zone: str
) -> int:
    """Append a signal for every change of a person since a day that nobody was told of; return how many."""
    told = _told(writer, day_of(now, zone))
    frames = {"rules": rules.journeys_in_force()}
    due = of_people(writer.ask("sense/current", {"since": since}, frames), told, since=since)
    due += of_milestones(met, told, since=since)
    return _raise(writer, due, now=now, zone=zone)


def tell_of_accounts(writer: Writer, rules: Rulebook, *, now: datetime, since: date, zone: str) -> int:
    """Append a signal for every change of a score since a day that nobody was told of; return how many."""
    today = day_of(now, zone)
    rule = rules.scorecard_on(today)
    if rule is None:
        return 0
    looked_back = today - timedelta(days=max(rule.rule.fell.in_days, (today - since).days))
    remembered = today - timedelta(days=BAND_DAYS)
    scored = writer.ask("sense/scored", {"since": min(looked_back, remembered)})
    weighed = writer.ask("sense/weighed", {"since": looked_back})
    due = of_accounts(rule.rule, scored, weighed, _told(writer, today), days=(since, today))
    return _raise(writer, due, now=now, zone=zone)


def _told(writer: Writer, today: date) -> pl.DataFrame:
    return writer.ask("sense/told", {"since": today - timedelta(days=MEMORY_DAYS + QUIET_DAYS)})


def _raise(writer: Writer, due: list[Signal], *, now: datetime, zone: str) -> int:
    return append(writer, [_event(each, now=now, zone=zone) for each in due], zone=zone)


def _event(signal: Signal, *, now: datetime, zone: str) -> Event:
    """Return a signal as a fact. One noticed on a later day carries the day of the change, not of the notice."""
    changed_at = start_of(signal.since_on, zone)
    happened_at = now if day_of(now, zone) == signal.since_on else min(changed_at, now)
    said = {
        "signal_id": signal.signal_id,
        "journey": signal.journey,
        "milestone": signal.milestone,
        "since_on": signal.since_on.isoformat(),
        "reason": signal.reason,
        **signal.told,
    }
    return Event(
        event_id=signal.signal_id,
        source=OURS,
        kind=Kind.SIGNAL,
        name=signal.name,
        happened_at=happened_at,
        received_at=now,
        person_id=signal.person_id,
        account_id=signal.account_id,
        actor=Actor.SYSTEM,
        properties=msgspec.Raw(msgspec.json.encode({key: v for key, v in said.items() if v is not None})),
    )
