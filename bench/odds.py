"""The odds of everybody underway, as a ratio to one grouped scan of the same daily use, with one pass for the models.

Made-up people are written straight into the derived tables: the question is what learning costs, not what rounds cost.
`python -m bench.odds 1000000` measures with a million people underway, and a quarter of them as history.
"""

import json
import resource
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TypeVar

import duckdb

from waypost.run.odds import fit_models, odds_on
from waypost.run.rulebook import Rulebook
from waypost.store import Definitions, Operations, Warehouse

A = TypeVar("A")
TODAY = date(2026, 11, 20)
SCAN = (
    "select count(*) from (select day, account_id, person_id, feature, sum(n) from usage_daily group by all)"
)
CATALOGUE = {
    "kind": "catalogue",
    "key": "catalogue",
    "features": [
        {"key": key, "name": key, "match": [{"event": key}]}
        for key in ("sign_in", "export", "share", "import")
    ],
}
JOURNEY = {
    "kind": "journey",
    "key": "analyst",
    "name": "Analyst path",
    "milestones": [
        {
            "key": "first_30",
            "name": "First 30 days",
            "by_day": 30,
            "clauses": [
                {"feature": "export", "at_least": 5, "says": "Export 5 reports"},
                {"active_days": 12, "says": "12 days"},
            ],
        }
    ],
}
# Everybody's chance is a hash of who they are, so that the world is the same whenever it is made.
WORLD = """
create temp table everybody as
select 'p' || i as person_id, 'a' || (i % ($people // 10)) as account_id, i >= $people as before,
  hash(i * 7) % 100 as keen,
  cast(
    date '2026-11-19' - cast(hash(i) % 29 as integer)
      - case when i >= $people then cast(40 + i % 150 as integer) else 0 end as date
  ) as joined_on
from range(cast($people * 1.25 as bigint)) r(i);
insert into accounts by name
select distinct account_id, account_id as name, '{}' as traits from everybody;
insert into memberships by name
select person_id, account_id, 'analyst' as role, false as champion, false as signs_renewal,
  cast(joined_on as timestamp) as provisioned_at, joined_on as provisioned_on, joined_on
from everybody;
insert into usage_daily by name
select cast(e.joined_on + cast(d as integer) as date) as day, e.account_id, e.person_id, f as feature, 'human' as actor,
  1 + hash(e.person_id, d) % 3 as n, cast(e.joined_on as timestamp) as first_at,
  cast(e.joined_on as timestamp) as last_at
from everybody e, range(30) g(d), (values ('sign_in'), ('export'), ('share')) v(f)
where hash(e.person_id, d, f) % 100 < e.keen and e.joined_on + cast(d as integer) < date '2026-11-20';
create temp table stood as
select person_id, account_id, 'analyst' as journey, 1 as version, joined_on as since_on,
  cast(joined_on + 30 as date) as due_on, 'on_path' as standing, 'first_30' as milestone,
  '[{"clause":"first_30.0"},{"clause":"first_30.1"}]' as missing, before,
  case when hash(person_id, 'x') % 100 < keen then cast(5 + hash(person_id) % 25 as integer) else 31 end as days
from everybody;
insert into standings by name
select * exclude (before, days), case when before then cast(since_on + days as date) end as until_on from stood;
insert into standings by name
select * exclude (before, days) replace (
    cast(since_on + days as date) as since_on, '[]' as missing,
    case when days > 30 then 'strayed' else 'on_path' end as standing
  )
from stood where before;
"""


def measure(people: int = 100_000) -> dict[str, float]:
    """Return the core seconds of scan, models and odds, the ratio of odds to scan, and the peak memory (MB)."""
    with tempfile.TemporaryDirectory() as name:
        file = Path(name) / "warehouse.duckdb"
        Warehouse(file).close()
        with duckdb.connect(str(file)) as made:
            for statement in filter(None, map(str.strip, WORLD.split(";\n"))):
                made.execute(statement, {"people": people} if "$people" in statement else None)
        operations = Operations(None)
        Definitions(operations).publish(
            [CATALOGUE, JOURNEY], now=datetime(2026, 1, 1, 12, tzinfo=UTC), today=date(2026, 1, 1)
        )
        rules, warehouse = Rulebook.of(Definitions(operations)), Warehouse(file, memory_mb=4_000)
        rows = warehouse.look("select count(*) from usage_daily").item()
        scan_s, _ = _timed(lambda: warehouse.look(SCAN))
        models_s, models = _timed(lambda: fit_models(warehouse, rules, today=TODAY))
        odds_s, found = _timed(lambda: odds_on(warehouse, rules, models, today=TODAY))
        said = found["odds"].count()
        warehouse.close()
    return {
        "people": people,
        "usage_rows": rows,
        "with_odds": said,
        "scan_core_s": round(scan_s, 2),
        "models_core_s": round(models_s, 2),
        "odds_core_s": round(odds_s, 2),
        "ratio": round(odds_s / scan_s, 1),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


def _timed(act: Callable[[], A]) -> tuple[float, A]:
    """Return the time of all cores that an act took (s), which other processes do not change, and what it gave."""
    began = time.process_time()
    found = act()
    return time.process_time() - began, found


if __name__ == "__main__":
    print(json.dumps(measure(int(sys.argv[1]) if len(sys.argv) > 1 else 100_000)))
