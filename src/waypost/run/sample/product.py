"""The product's own database: jobs that people set once and forgot, and the runs that those jobs made since."""

import sqlite3
from contextlib import closing
from importlib.resources import files
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import polars as pl
import yaml

from waypost.run.sample import halcyon
from waypost.run.sample.calendar import DAYS, MINUTE_US, NEVER, Calendar
from waypost.run.sample.chance import Ints, between, picked
from waypost.run.sample.halcyon import HALCYON
from waypost.run.sample.people import ROLES
from waypost.run.sample.words import words
from waypost.run.sample.world import World

SCHEMA = """
create table seats (user_id text primary key, account_id text not null, email text not null, role text not null,
  created_at text not null, removed_at text);
create table jobs (id integer primary key, account_id text not null, owner_id text not null, name text not null,
  every text not null, created_at text not null);
create table export_runs (id integer primary key, job_id integer not null references jobs (id),
  started_at text not null, finished_at text not null, status text not null, rows integer not null);
"""


class ProductSource(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How Waypost asks the product's database: a query, what its columns mean, and how often."""

    query: str
    mapping: dict[str, Any]
    every_s: int


NIGHTLY_SHARE = 0.36
SETS_A_JOB = {"analyst": 0.5, "admin": 0.35}
FAILED, SKIPPED = 0.02, 0.01


def write_product(folder: Path, world: World) -> dict[str, int]:
    """Write `product.db` and return how many jobs and runs it holds."""
    jobs = _jobs(world)
    runs = _runs(world, jobs)
    file = folder / "product.db"
    file.unlink(missing_ok=True)
    with closing(sqlite3.connect(file)) as database, database:
        database.executescript("pragma journal_mode = off; pragma synchronous = off;" + SCHEMA)
        database.executemany("insert into seats values (?, ?, ?, ?, ?, ?)", _seats(world))
        stored = jobs.select("id", "account", "owner", "name", "every", stamp("created_us"))
        database.executemany("insert into jobs values (?, ?, ?, ?, ?, ?)", stored.iter_rows())
        database.executemany("insert into export_runs values (?, ?, ?, ?, ?, ?)", runs.iter_rows())
    return {"jobs": len(jobs), "export_runs": len(runs)}


def product_source() -> ProductSource:
    """Return the query source that reads `product.db`."""
    text = (files(__package__) / "product_source.yaml").read_text("utf-8")
    return msgspec.convert(yaml.safe_load(text), ProductSource)


def stamp(column: str) -> pl.Expr:
    """Return a column of microseconds as ISO text in UTC."""
    return pl.from_epoch(column, time_unit="us").dt.strftime("%Y-%m-%dT%H:%M:%SZ").alias(column)


def _jobs(world: World) -> pl.DataFrame:
    days, cast, who, way, rng = world.days, world.cast, world.who, world.way, world.rng("jobs")
    automated = who.character == "automated_only"
    wants = sum(who.plays(role) * share for role, share in SETS_A_JOB.items())
    made_on = who.joined + way.reach[2]
    owns = (automated | (rng.random(len(who)) < wants)) & (made_on < DAYS) & (who.account != HALCYON)
    owner = np.repeat(np.flatnonzero(owns), np.where(automated, 2, 1)[owns])
    made = days.workday(made_on[owner])
    night = automated[owner] | (rng.random(len(owner)) < NIGHTLY_SHARE)
    manager = np.full(3, world.halcyon("Ana"))
    owner = np.concatenate([owner, manager])
    made = np.concatenate([made, np.full(3, days.day(halcyon.SCHEDULED))])
    night = np.concatenate([night, np.zeros(3, dtype=bool)])
    names = picked(rng, words()["jobs"], len(owner))
    # A job stops with the seat of its owner, or when the account stops working.
    silent = np.where(cast.stories == "gone_dark", cast.turn, cast.ends)[who.account[owner]]
    return pl.DataFrame(
        {
            "id": np.arange(len(owner)) + 501, "account": cast.ids[who.account[owner]], "owner": who.ids[owner],
            "name": names, "every": np.where(night, "night", "week").astype(str), "made": made,
            "created_us": days.midnight_us[who.place[owner], made] + 11 * 60 * MINUTE_US,
            "place": who.place[owner], "stops": np.minimum(who.left[owner], silent),
            "at_minute": between(rng, 60, 290, len(owner)), "usual_rows": rng.lognormal(6.5, 1.0, len(owner)),
        }
    )  # fmt: skip


def _runs(world: World, jobs: pl.DataFrame) -> pl.DataFrame:
    days, rng = world.days, world.rng("runs")
    made, stops = jobs["made"].to_numpy()[:, None], np.minimum(jobs["stops"].to_numpy(), NEVER)[:, None]
    day = np.arange(DAYS)[None, :]
    due = (jobs["every"] == "night").to_numpy()[:, None] | (days.weekday[None, :] == 0)
    job, on = np.nonzero((day > made) & (day < stops) & due)
    began = _night(days, jobs, job, on) + rng.integers(0, 4 * MINUTE_US, len(job))
    took = (rng.lognormal(3.0, 0.6, len(job)) * 1_000_000).astype(np.int64)
    draw = rng.random(len(job))
    status = np.where(draw < FAILED, "failed", np.where(draw < FAILED + SKIPPED, "skipped", "done"))
    rows = np.where(
        status == "done", jobs["usual_rows"].to_numpy()[job] * rng.lognormal(0, 0.15, len(job)), 0
    )
    frame = pl.DataFrame(
        {
            "job_id": jobs["id"].to_numpy()[job], "began": began, "ended": began + took,
            "status": status.astype(str), "rows": rows.astype(np.int64),
        }
    )  # fmt: skip
    frame = frame.filter(pl.col("ended") <= days.now_us).sort("began", "job_id")
    return frame.with_row_index("id", offset=1).select(
        "id", "job_id", stamp("began"), stamp("ended"), "status", "rows"
    )


def _night(days: Calendar, jobs: pl.DataFrame, job: Ints, on: Ints) -> Ints:
    place, minute = jobs["place"].to_numpy()[job], jobs["at_minute"].to_numpy()[job]
    return np.asarray(days.midnight_us[place, on] + minute * MINUTE_US)


def _seats(world: World) -> list[tuple[str | None, ...]]:
    who = world.who

    def at(person: int, day: int) -> str:
        return world.at(person, day, 8 * 60).strftime("%Y-%m-%dT%H:%M:%SZ")

    return [
        (
            who.ids[n], world.account_id(n), who.emails[n], ROLES[who.roles[n]], at(n, int(who.joined[n])),
            at(n, int(who.left[n])) if who.left[n] < DAYS else None,
        )
        for n in range(len(who))
    ]  # fmt: skip
