"""What is handed over to learning is all that its questions ask about."""

import re
from pathlib import Path

from waypost.store import Warehouse, hand_over, question, take_over
from waypost.store.handing import HANDED

ASKED = (
    "learn/odds_spells", "learn/odds_known", "learn/staying_people", "learn/staying_reached", "learn/staying_active",
    "learn/people_of_journey", "standings/pauses", "standings/stretches", "standings/first_days",
    "standings/placements",
)  # fmt: skip
TABLES = set(re.findall(r"create table if not exists (\w+)", question("schema")))


def test_every_table_that_learning_asks_about_is_handed_over() -> None:
    asked = {table for name in ASKED for table in _asked_of(question(name))}
    asked |= {table for view in asked - TABLES for table in _asked_of(_view(view))}
    assert asked & TABLES <= set(HANDED) <= TABLES
    assert {"usage_daily", "every_standing", "account_eras"} <= asked


def _asked_of(sql: str) -> set[str]:
    """Return what a question reads that is neither a step of its own nor a frame handed to it."""
    own = set(re.findall(r"(\w+) as (?:materialized )?\(", sql)) | set(re.findall(r"(\w+) \(frame:", sql))
    return set(re.findall(r"\b(?:from|join) (\w+)", sql)) - own


def _view(name: str) -> str:
    """Return what a view of the schema asks."""
    found = re.search(rf"create or replace view {name} as(.*?);", question("schema"), re.DOTALL)
    return found.group(1) if found else ""


def test_what_is_taken_over_is_what_was_handed(tmp_path: Path) -> None:
    here = Warehouse(None)
    with here.writing() as writer:
        writer._cursor.execute("insert into pauses values ('acme', null, date '2026-08-03', null)")
    hand_over(here, tmp_path)
    there = take_over(tmp_path, memory_mb=64, threads=1)
    assert there.look("select * from pauses").rows() == here.look("select * from pauses").rows() != []
    assert there.look("select count(*) from usage_daily").item() == 0
    there.close()
    here.close()
