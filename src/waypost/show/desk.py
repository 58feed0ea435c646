"""The desk: everything the pages read from and act through, handed in by run."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Protocol

import msgspec
import polars as pl

from waypost.collect import Format, Gathering
from waypost.core import Document, day_of
from waypost.journey import Journey
from waypost.learn import Cases, Trial
from waypost.store import Definitions, Inbox, Operations, Published, SigningSecrets, Sources, Warehouse


def _nothing() -> None:
    """Do nothing, where run hands in no act."""


def _never() -> bool:
    return False


def _agree(_documents: list[Document]) -> None:
    """Find no fault, where run hands in no act."""


def _foresee_nothing(_documents: list[Document]) -> list[str]:
    """Foresee nothing, where run hands in no act."""
    return []


def _undo_nothing(_import_id: int, _by: str) -> int:
    """Undo nothing, where run hands in no act."""
    return 0


class LogFiles(msgspec.Struct, frozen=True, kw_only=True):
    """Log files for a source, as whole paths or patterns, and what is known of their lines."""

    source: str
    patterns: tuple[str, ...]
    format: Format | None = None
    zone: str | None = None
    written: str | None = None
    from_end: bool = False


class Follows(Protocol):
    """Looks into log files and follows them; run does it. Both raise ImportRefusedError when the files do not fit."""

    def preview(self, files: LogFiles, /, *, most: int) -> list[tuple[bytes, Gathering]]:
        """Return the first lines, each with what it would become."""
        ...

    def follow(self, files: LogFiles, /, *, by: str) -> None:
        """Have them followed from now on, for a member."""
        ...


class Tries(Protocol):
    """Tries rules of a journey out on what already happened; run does it."""

    def cases(self, journey: Journey, /) -> Cases:
        """Return who stands behind the counts of what `of` returns."""
        ...

    def of(self, journey: Journey, /) -> Trial:
        """Return what these rules come to."""
        ...

    def matter(
        self, journey: Journey, by_day: int, feature: str, at_least: int, on_day: date, /
    ) -> pl.DataFrame:
        """Return whom a comparison compares: person_id, account_id, provisioned_on, adopted, stayed."""
        ...

    def times(self, journey: Journey, /) -> pl.DataFrame:
        """Return when everybody reached the milestones: person_id, account_id, provisioned_on, milestone, days, met."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """What `build` needs: the stores, the clock, the addresses, and the few acts that belong to run.

    `public_url` is where members reach the pages: with https the session cookie is Secure. `development`
    opens the component gallery. `secret` seals unsubscribe links. `rules_changed` tells run that definitions were put
    in force or withdrawn.
    `trials` tries journeys out; without it there is no preview. `has_sample` and `remove_sample` are the sample
    workspace's. `check` raises DefinitionError when documents would not fit those in force; `foresee` says what they
    would change, one line each, and takes as long as a replay. `uploads` is the folder for files that are not taken in
    yet; `undo_import` takes an import back for a member and returns how many events hold no longer.
    `sources`, `signing` and `follows` keep what is asked, what senders sign with, and what files are followed; pages
    read files in `readable` alone. `ask_sources` has those asked that are due.
    """

    warehouse: Warehouse
    operations: Operations
    inbox: Inbox
    zone: str
    now: Callable[[], datetime]
    public_url: str
    collector_url: str
    secret: bytes = b""
    development: bool = False
    nudge_round: Callable[[], None] = _nothing
    rules_changed: Callable[[], None] = _nothing
    trials: Tries | None = None
    has_sample: Callable[[], bool] = _never
    remove_sample: Callable[[], None] = _nothing
    check: Callable[[list[Document]], None] = _agree
    foresee: Callable[[list[Document]], list[str]] = _foresee_nothing
    uploads: Path | None = None
    undo_import: Callable[[int, str], int] = _undo_nothing
    sources: Sources | None = None
    signing: SigningSecrets | None = None
    follows: Follows | None = None
    readable: tuple[Path, ...] = ()
    ask_sources: Callable[[], None] = _nothing

    @property
    def today(self) -> date:
        """The workspace's day now."""
        return day_of(self.now(), self.zone)

    @property
    def secure(self) -> bool:
        """Whether members come over https."""
        return self.public_url.startswith("https://")

    def publish(self, documents: list[Document]) -> list[Published]:
        """Put definitions in force from today on; return those that became new versions."""
        fresh = Definitions(self.operations).publish(documents, now=self.now(), today=self.today)
        self.rules_changed()
        return fresh

    def withdraw(self, kind: str, key: str) -> None:
        """End a definition from today on; raises DefinitionError when it is not in force."""
        Definitions(self.operations).withdraw(kind, key, now=self.now(), today=self.today)
        self.rules_changed()
