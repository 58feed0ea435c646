"""Query sources on real servers: rows a second until they are safe in the inbox, beside a driver that throws them away.

PostgreSQL and MariaDB are started in folders of their own, with a table of runs of jobs: owner, account, time, a number
and two more columns. The same query is then read by the same driver in the same pieces, from a cursor in the server,
and forgotten. Both take turns, and the ratio is that of the medians of one run.
"""

import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg
import pymysql
import sqlalchemy as sa
from tests.collect.databases import MariaDB, PostgreSQL, Server, missing

from waypost.collect import run_query_source
from waypost.store import Inbox, Operations, Schedule, Sources

ROWS, PIECE, RUNS = 200_000, 1_000, 3
NOW = datetime(2026, 6, 3, 12, tzinfo=UTC)
MAPPING = {
    "time": "ended_at",
    "key": ["id"],
    "cursor": "id",
    "event": "export_run",
    "person": "owner",
    "account": "account",
    "quantity": "n",
    "actor": "automated",
}
# Text and numbers as runs of jobs have them; only the servers' ways of saying so differ.
COLUMNS = (
    "id, concat('p', id % 5000) as owner, concat('a', id % 200) as account, ended_at, id % 97 as n, "
    "'finished' as status, concat('report ', id % 31) as report"
)
FROM = {
    "postgresql": (
        "(select g as id, timestamptz '2026-06-01 00:00:00+00' + g * interval '1 second' as ended_at "
        "from generate_series(1, 200000) g) r"
    ),
    "mariadb": (
        "(select seq as id, timestamp '2026-06-01 00:00:00' + interval seq second as ended_at "
        "from seq_1_to_200000) r"
    ),
}


def measure() -> dict[str, object]:
    """Return, for each server, rows a second of both and the ratio (target: at least 0.5)."""
    if lacking := missing():
        return {"skipped": f"{' and '.join(lacking)} to be installed"}
    return {"rows": ROWS, "postgresql": _beside(PostgreSQL), "mariadb": _beside(MariaDB)}


def _beside(kind: type[Server]) -> dict[str, object]:
    name = kind.__name__.lower()
    server = kind()
    try:
        server.start()
        # A table, so that neither side waits for rows to be made.
        server.do(
            f"create table runs as select {COLUMNS.replace('%', '%%')} from {FROM[name]}",  # noqa: S608 -- our own words
            "create index runs_by_id on runs (id)",
        )
        bare, ours = [], []
        for _ in range(RUNS):
            bare.append(_timed(lambda: DRIVERS[name](server)))
            ours.append(_timed(lambda: _taken_in(server)))
    finally:
        server.forget()
    thrown, kept = statistics.median(bare), statistics.median(ours)
    return {
        "driver_rows_per_s": round(ROWS / thrown),
        "waypost_rows_per_s": round(ROWS / kept),
        "ratio": round(thrown / kept, 3),
    }


def _timed(do: Callable[[], int]) -> float:
    began = time.perf_counter()
    n = do()
    took = time.perf_counter() - began
    if n != ROWS:
        raise AssertionError(f"{n:,} rows of {ROWS:,}")
    return took


def _taken_in(server: Server) -> int:
    with tempfile.TemporaryDirectory() as name:
        operations, inbox = Operations(Path(name) / "operations.db"), Inbox(Path(name) / "inbox.db")
        sources = Sources(operations, bytes(32))
        sources.put(
            "product",
            url=server.reading_url,
            query="select * from runs",
            mapping=MAPPING,
            schedule=Schedule(every_s=60),
            now=NOW,
        )
        report = run_query_source("product", sources=sources, inbox=inbox, now=NOW)
        inbox.close()
        operations.close()
        return report.events


def _psycopg(server: Server) -> int:
    where = sa.make_url(server.url)
    said: dict[str, Any] = {"host": where.host, "port": where.port, "user": where.username}
    with psycopg.connect(dbname=where.database, **said) as connection, connection.cursor("thrown") as cursor:
        cursor.itersize = PIECE
        cursor.execute("select * from runs order by id")
        return _thrown_away(cursor)


def _pymysql(server: Server) -> int:
    where = sa.make_url(server.url)
    connection = pymysql.connect(
        host=where.host,
        port=where.port or 0,
        user=where.username,
        database=where.database,
        cursorclass=pymysql.cursors.SSCursor,
    )
    with connection, connection.cursor() as cursor:
        cursor.execute("select * from runs order by id")
        return _thrown_away(cursor)


def _thrown_away(cursor: Any) -> int:  # noqa: ANN401 -- either driver's
    n = 0
    while piece := cursor.fetchmany(PIECE):
        n += len(piece)
    return n


DRIVERS: dict[str, Callable[[Server], int]] = {"postgresql": _psycopg, "mariadb": _pymysql}


if __name__ == "__main__":
    print(measure())
