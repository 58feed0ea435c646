"""A made-up company of any size, written straight into a warehouse: every row by SQL, the same for the same seed.

Nine months of a product with the sample's definitions. Thirty people an account, unless said otherwise: an
administrator, managers, clerks and analysts. Sessions of ten events follow the week, one person in five uses most, one
in eight falls silent for good; one session in sixteen is a machine's, one in thirty still anonymous, one in three
hundred arrives days late. Beside use there is what a customer's own systems tell: memberships, identifies, groups,
contracts, answers and tickets.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path

import duckdb

from waypost.core import Document
from waypost.run.documents import read_folder
from waypost.store import Warehouse

DAYS = 270
#: The day on which every made-up history ends, a Thursday.
TODAY = date(2026, 10, 1)
NOW = datetime(2026, 10, 1, 15, tzinfo=UTC)
IN_ACCOUNT = 30
EVENTS_A_SESSION = 10
ACTS_AT_ONCE = 400_000
JOURNEYS = ("admin", "analyst", "clerk", "manager")


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """The size of a made-up company; people and accounts follow from the events."""

    events: int
    most_people: int = 1_000_000
    in_account: int = IN_ACCOUNT
    seed: int = 1

    @property
    def people(self) -> int:
        """A tenth of the events, `most_people` at most."""
        return max(self.in_account, min(self.events // 10, self.most_people))

    @property
    def accounts(self) -> int:
        """As many as it takes to hold the people."""
        return -(-self.people // self.in_account)


def definitions() -> list[Document]:
    """Return the sample's catalogue, tiers, scorecard and four of its journeys."""
    with as_file(files("waypost.run.sample") / "definitions") as folder:
        every = read_folder(Path(folder))
    kept = {"catalogue", "tiers", "scorecard"}
    return [e for e in every if e["kind"] in kept or (e["kind"] == "journey" and e["key"] in JOURNEYS)]


def write(world: World, file: Path, *, memory_mb: int = 4000) -> None:
    """Make the warehouse `file` with the world's events in it, in the order of their arrival."""
    Warehouse(file).close()
    with duckdb.connect(str(file), config={"memory_limit": f"{memory_mb}MB", "threads": 2}) as rows:
        rows.execute("set preserve_insertion_order = false")
        rows.execute(_MACROS)
        rows.execute("set variable seed = $seed", {"seed": world.seed})
        for statement in (_sql("menu"), _sql("people"), _sql("acts")):
            rows.execute(statement, _asked(statement, world))
        for first in _starts(rows):
            portion = {"first": first, "until": first + ACTS_AT_ONCE, "in_account": world.in_account}
            rows.execute(_sql("events"), portion)
        for name in ("acts", "folk", "menu"):
            rows.execute(f"drop table {name}")
        rows.execute("drop macro chance")
        rows.execute("checkpoint")


def _asked(statement: str, world: World) -> dict[str, object]:
    asked = {
        "events": world.events,
        "people": world.people,
        "first_on": TODAY - timedelta(days=DAYS),
        "days": DAYS,
        "a_session": EVENTS_A_SESSION,
        "in_account": world.in_account,
    }
    return {name: value for name, value in asked.items() if f"${name}" in statement}


def _sql(name: str) -> str:
    return (Path(__file__).with_name("scale_sql") / f"{name}.sql").read_text(encoding="utf-8")


def _starts(rows: duckdb.DuckDBPyConnection) -> Iterator[int]:
    found = rows.execute("select count(*) from acts").fetchone()
    yield from range(0, int(found[0]) if found else 0, ACTS_AT_ONCE)


#: chance(what, id, upto): an even whole number from 0 to below `upto`, always the same for the same seed, what and id.
_MACROS = """
    create macro chance(what, id, upto) as
      cast(hash(cast(id as bigint) * 1000003 + what + getvariable('seed') * 7919) % cast(upto as ubigint) as bigint)
"""
