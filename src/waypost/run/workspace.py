"""A workspace: one data folder, opened, with its rounds."""

import threading
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import TypeVar

from waypost.collect import READERS, Doorkeeper
from waypost.core import Document, day_of
from waypost.run.clock import Clock
from waypost.run.round import Rhythm, RoundReport, state_health, state_people
from waypost.run.rulebook import Rulebook
from waypost.run.secret import PERSONAL_DATA, secret_of
from waypost.run.settings import Settings
from waypost.run.taking import BATCH, take_all, take_in
from waypost.store import (
    Definitions,
    Imports,
    Inbox,
    Operations,
    Published,
    Warehouse,
    Writer,
    is_looked_up,
    look_up_anew,
)

#: How long the health of accounts may wait for people when events come faster than both can be stated.
HEALTH_WAITS = timedelta(seconds=5)
T = TypeVar("T")


class Workspace:
    """The open files of one data folder and everything that is done with them; safe to use from any thread.

    `noticed` counts the signals raised since it was opened: whoever follows them need not ask while it stands still.
    """

    def __init__(self, folder: Path | None, settings: Settings, clock: Clock) -> None:
        """Open a data folder that no other process holds; None keeps everything in memory, for tests."""
        self.folder = folder
        self.settings = settings
        self.clock = clock
        self.keeper = Doorkeeper(secret_of(folder).for_purpose(PERSONAL_DATA))
        self.inbox = Inbox(folder / "inbox.db" if folder else None, READERS, self.keeper)
        self.operations = Operations(folder / "operations.db" if folder else None)
        self.warehouse = Warehouse(
            folder / "warehouse.duckdb" if folder else None, memory_mb=settings.memory_mb
        )
        self.definitions = Definitions(self.operations)
        # Whoever was at work on them had the folder open.
        Imports(self.operations).break_off_all(clock.now())
        self._look_up()
        self._learn_rules_of_sources()
        self._rules: Rulebook | None = None
        self._round = threading.Lock()
        self._settled: tuple[date, int] | None = None
        self.noticed = 0
        self._healthy_at = datetime.min.replace(tzinfo=UTC)

    @property
    def zone(self) -> str:
        """The workspace's time zone, which decides where days begin."""
        return self.settings.workspace.zone

    @property
    def now(self) -> datetime:
        """The present instant, in UTC."""
        return self.clock.now()

    @property
    def today(self) -> date:
        """The workspace's day today."""
        return day_of(self.now, self.zone)

    @property
    def rules(self) -> Rulebook:
        """The definitions in force."""
        if self._rules is None:
            self._rules = Rulebook.of(self.definitions)
        return self._rules

    def publish(self, documents: list[Document]) -> list[Published]:
        """Publish definitions; return those that became new versions. State follows at the next round."""
        fresh = self.definitions.publish(documents, now=self.now, today=self.today)
        self._rules = None
        self._learn_rules_of_sources()
        return fresh

    def round(self, *, lookback_days: int | None = None, hurried: bool = False) -> RoundReport:
        """Take in what waits and bring the state up to date; return what was done.

        A hurried round leaves health for the next one while more waits in the inbox, but not for longer than
        HEALTH_WAITS: people come first, for their signals are what somebody acts on.
        """
        with self._round:
            present = (self.today, self.rules.revision)
            if self._settled == present and not self.inbox.waiting(0):
                return RoundReport()
            # A round that fails half-way has taken in what is not stated yet: the next one must not pass it by.
            self._settled = None
            with self.warehouse.in_small_steps():
                taken = self._take_all()
                report = taken | self._state_people(whole=False, lookback_days=lookback_days)
                self.noticed += report.signals
                if hurried and self.inbox.waiting(0) and self.now - self._healthy_at < HEALTH_WAITS:
                    return report
                health = self._state_health(lookback_days=lookback_days)
            self.noticed += health.signals
            self._settled = present
            return report | health

    def replay(self) -> RoundReport:
        """Drop everything derived and derive it anew from the events."""
        with self._round:
            taken = self._take_all()
            # The workspace may have moved to another zone, and its days with it.
            with self.warehouse.writing() as writer:
                writer.run("facts/restate_days", {"zone": self.zone})
            return taken | self._state_people(whole=True) | self._state_health()

    def take_in(self, most: int = BATCH) -> int:
        """Append one batch of what waits, without stating anything; return how many events were taken."""
        with self._round:
            self._settled = None
            return take_in(self.inbox, self.warehouse, zone=self.zone, most=most)[0]

    def writing(self, write: Callable[[Writer], T], *, all_in: bool = False) -> T:
        """Let facts be written between two rounds, in one transaction; the next round states them.

        With `all_in` whatever waits in the inbox is taken in before.
        """
        with self._round:
            self._settled = None
            if all_in:
                self._take_all()
            with self.warehouse.writing() as writer:
                return write(writer)

    def close(self) -> None:
        """Close every file; what was committed stays."""
        self.warehouse.close()
        self.operations.close()
        self.inbox.close()

    def _look_up(self) -> None:
        """Make what is kept for looking up when the folder comes from a version that had none."""
        with self.warehouse.writing() as writer:
            if not is_looked_up(writer):
                look_up_anew(writer)

    def _learn_rules_of_sources(self) -> None:
        self.keeper.learn(each.document for each in self.definitions.newest("source"))

    def _take_all(self) -> RoundReport:
        report = RoundReport()
        for taken, appended in take_all(self.inbox, self.warehouse, zone=self.zone):
            report = report | RoundReport(taken=taken, appended=appended)
        return report

    def _state_people(self, *, whole: bool, lookback_days: int | None = None) -> RoundReport:
        rhythm = self._rhythm(lookback_days)
        with self.warehouse.writing() as writer:
            return state_people(writer, self.rules, rhythm, now=self.now, zone=self.zone, whole=whole)

    def _state_health(self, lookback_days: int | None = None) -> RoundReport:
        rhythm = self._rhythm(lookback_days)
        with self.warehouse.writing() as writer:
            report = state_health(writer, self.rules, rhythm, now=self.now, zone=self.zone)
        self._healthy_at = self.now
        return report

    def _rhythm(self, lookback_days: int | None) -> Rhythm:
        rounds = self.settings.rounds
        return Rhythm(
            restate_days=rounds.restate_days,
            signal_lookback_days=lookback_days or rounds.signal_lookback_days,
        )
