"""A lesson: all that history teaches on the morning of a day, worked out of a copy of what it asks about.

It is worked out in a folder, so that another process can do it: `ask_for` writes what it takes, `work_out` the lesson.
"""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import msgspec
import polars as pl
from msgspec import Struct

from waypost.learn import OddsModel
from waypost.run.mattering import matters_state
from waypost.run.odds import OddsState, odds_state
from waypost.run.rulebook import Rulebook
from waypost.run.sensing import outdone, sensing_reports, sensing_state
from waypost.run.underway import Asks, Stage
from waypost.store import Published, Warehouse, hand_over, take_over

ASKED, LEARNT = "asked.json", "learnt.json"
#: One core, for who waits for a page or a signal comes first.
THREADS = 1


class Asked(Struct, frozen=True, kw_only=True):
    """What is asked for: the lesson of a morning under these versions of definitions."""

    today: date
    memory_mb: int
    versions: list[Published]


class _Learnt(Struct, frozen=True, kw_only=True):
    """What is no table of a lesson."""

    today: date
    revision: int
    models: list[tuple[Stage, OddsModel]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """All that history teaches on the morning of a day, under the rules of a revision."""

    odds: OddsState
    sensing: pl.DataFrame
    matters: pl.DataFrame
    today: date
    revision: int

    def write(self, folder: Path) -> None:
        """Write the lesson into a folder; the file that names the others comes last."""
        self.odds.odds.write_parquet(folder / "odds.parquet")
        self.sensing.write_parquet(folder / "sensing.parquet")
        self.matters.write_parquet(folder / "matters.parquet")
        models = list(self.odds.models.items())
        learnt = _Learnt(today=self.today, revision=self.revision, models=models)
        (folder / LEARNT).write_bytes(msgspec.json.encode(learnt))

    @classmethod
    def read(cls, folder: Path) -> "Lesson":
        """Return the lesson that was written into a folder."""
        learnt = msgspec.json.decode((folder / LEARNT).read_bytes(), type=_Learnt)
        odds = pl.read_parquet(folder / "odds.parquet")
        return cls(
            odds=OddsState(models=dict(learnt.models), odds=odds, today=learnt.today),
            sensing=pl.read_parquet(folder / "sensing.parquet"),
            matters=pl.read_parquet(folder / "matters.parquet"),
            today=learnt.today,
            revision=learnt.revision,
        )


def lesson(asks: Asks, rules: Rulebook, *, today: date) -> Lesson:
    """Work out everything that history teaches as of the morning of a day."""
    reports = sensing_reports(asks, rules, today=today)
    return Lesson(
        odds=odds_state(asks, rules, today=today, outdone=outdone(reports)),
        sensing=sensing_state(reports, today=today),
        matters=matters_state(asks, rules, today=today),
        today=today,
        revision=rules.revision,
    )


def ask_for(folder: Path, warehouse: Warehouse, rules: Rulebook, *, today: date, memory_mb: int) -> None:
    """Write all that a lesson takes into a folder."""
    hand_over(warehouse, folder)
    asked = Asked(today=today, memory_mb=memory_mb, versions=list(rules.every))
    (folder / ASKED).write_bytes(msgspec.json.encode(asked))


def work_out(folder: Path) -> None:
    """Work out the lesson that is asked for in a folder, and write it there."""
    asked = msgspec.json.decode((folder / ASKED).read_bytes(), type=Asked)
    warehouse = take_over(folder, memory_mb=asked.memory_mb, threads=THREADS)
    try:
        rules = Rulebook.of_versions(asked.versions)
        lesson(warehouse, rules, today=asked.today).write(folder)
    finally:
        warehouse.close()
