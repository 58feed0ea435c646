"""Raise the signals that are due, as events in the same transaction as the state they are about."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import msgspec
import polars as pl

from waypost.core import Actor, Event, Kind, day_of, start_of
from waypost.run.rulebook import Rulebook
from waypost.sense import QUIET_DAYS, Signal, of_accounts, of_milestones, of_people
from waypost.store import Scope, Writer, append

OURS = "waypost"
#: A milestone is told of once in a lifetime, a band until it changes again: what was told is looked up this far back.
MEMORY_DAYS = 400
#: A score may drift inside a band's edge for so many days before the band it came from is forgotten.
BAND_DAYS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """By which rules and at what moment changes since a day are told."""

    rules: Rulebook
    now: datetime
    since: date
    zone: str

    @property
    def today(self) -> date:
        """The workspace's day today."""
        return day_of(self.now, self.zone)


def tell_of_people(writer: Writer, telling: Telling, met: pl.DataFrame, about: Scope) -> int:
    """Append a signal for every change of these people, and of where these accounts stand; return how many."""
    told = _told(writer, telling, about)
    frames = {"rules": telling.rules.journeys_in_force(), **_asked(about)}
    current = writer.ask("sense/current", {"since": telling.since}, frames)
    due = of_people(current, told, since=telling.since) + of_milestones(met, told, since=telling.since)
    return _raise(writer, due, telling)


def tell_of_accounts(writer: Writer, telling: Telling, accounts: frozenset[str]) -> int:
    """Append a signal for every change of these accounts' scores that nobody was told of; return how many."""
    today, since = telling.today, telling.since
    rule = telling.rules.scorecard_on(today)
    if rule is None:
        return 0
    looked_back = today - timedelta(days=max(rule.rule.fell.in_days, (today - since).days))
    remembered = today - timedelta(days=BAND_DAYS)
    frames = {"accounts_asked": Scope(accounts=accounts).accounts_frame()}
    scored = writer.ask("sense/scored", {"since": min(looked_back, remembered)}, frames)
    weighed = writer.ask("sense/weighed", {"since": looked_back}, frames)
    told = _told(writer, telling, Scope(accounts=accounts))
    due = of_accounts(rule.rule, scored, weighed, told, days=(since, today))
    return _raise(writer, due, telling)


def _told(writer: Writer, telling: Telling, about: Scope) -> pl.DataFrame:
    """Return what was told of them before, as far back as anything is remembered."""
    since = telling.today - timedelta(days=MEMORY_DAYS + QUIET_DAYS)
    return writer.ask("sense/told", {"since": since}, _asked(about))


def _asked(about: Scope) -> dict[str, pl.DataFrame]:
    return {"people_asked": about.people_frame(), "accounts_asked": about.accounts_frame()}


def _raise(writer: Writer, due: list[Signal], telling: Telling) -> int:
    events = [_event(each, now=telling.now, zone=telling.zone) for each in due]
    return append(writer, events, zone=telling.zone)


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
