"""The web server's log in Apache's combined format: requests of people and programs among much noise."""

from pathlib import Path

import numpy as np
import polars as pl

from waypost.run.sample.acts import ACTS, Act
from waypost.run.sample.noise import noise
from waypost.run.sample.properties import filled
from waypost.run.sample.world import World

BROWSERS = [
    (
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) "
        "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
    ),
    (
        "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) "
        "AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.4 Safari/605.1.15"
    ),
    "Mozilla/5.0 (X11; Linux x86_64; rv:143.0) Gecko/20100101 Firefox/143.0",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:143.0) Gecko/20100101 Firefox/143.0",
    (
        "Mozilla/5.0 (Linux; Android 14; TC58) "
        "AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36"
    ),
]
PROGRAMS = ["lodeline-python/2.3.1", "lodeline-java/1.9.0", "lodeline-sync/4.1 (ERP)"]
API_ROUTES = [
    "GET /api/v2/shipments",
    "GET /api/v2/shipments/<load>",
    "POST /api/v2/shipments/<load>/events",
    "GET /api/v2/rates",
]
REFERER = "https://app.lodeline.example/"
CREATED = {
    "POST /session": 200,
    "POST /carriers": 201,
    "POST /invitations": 201,
    "POST /schedules": 201,
    "POST /keys": 201,
}
COLUMNS = ["at_us", "host", "user", "method", "path", "status", "bytes", "referer", "agent"]


def write_access_log(folder: Path, world: World, acts: pl.DataFrame) -> dict[str, int]:
    """Write `access.log`, sorted by time; return how many lines it holds and how many of them are noise."""
    wanted = _wanted(world, acts)
    loud = noise(world, len(wanted))
    every = pl.concat([wanted.select(COLUMNS), loud.select(COLUMNS)]).filter(
        pl.col("at_us") <= world.days.now_us
    )
    text = every.sort("at_us", "path", maintain_order=True).select(line=_combined())
    text.write_csv(folder / "access.log", include_header=False, quote_style="never")
    return {"lines": len(text), "noise": len(text) - len(wanted)}


def _wanted(world: World, acts: pl.DataFrame) -> pl.DataFrame:
    who = world.who
    people = pl.DataFrame({"person": np.arange(len(who)), "user": who.ids, "blocking": who.blocking})
    found = acts.join(people, on="person", how="left")
    parts = [
        _requests(found.filter((pl.col("act") == n) & (pl.col("blocking") | _log_only(act))), act.route)
        for n, act in enumerate(ACTS)
        if act.route is not None
    ]
    calls = found.filter(pl.col("act") == len(ACTS))
    which = pl.col("a") % len(API_ROUTES)
    parts.extend(
        _requests(calls.filter(which == n), route, program=True) for n, route in enumerate(API_ROUTES)
    )
    every, rng = pl.concat(parts), world.rng("log")
    return every.with_columns(bytes=pl.Series(rng.lognormal(8.2, 1.1, len(every)).astype(np.int64) + 120))


def _log_only(act: Act) -> bool:
    return act.event is None and act.page is None


def _requests(rows: pl.DataFrame, route: str, *, program: bool = False) -> pl.DataFrame:
    method, _, path = route.partition(" ")
    agents, turn = (
        (PROGRAMS, pl.col("person") % len(PROGRAMS))
        if program
        else (BROWSERS, pl.col("person") % len(BROWSERS))
    )
    return rows.select(
        "at_us",
        "user",
        host=pl.format("198.51.{}.{}", 100 + pl.col("person") % 90, 1 + pl.col("person") % 250),
        method=pl.lit(method),
        path=filled(path),
        status=pl.lit(CREATED.get(route, 200), dtype=pl.Int64),
        referer=pl.lit("-" if program else REFERER),
        agent=pl.lit(pl.Series(agents)).gather(turn),
    )


def _combined() -> pl.Expr:
    stamp = pl.from_epoch("at_us", time_unit="us").dt.strftime("%d/%b/%Y:%H:%M:%S +0000")
    return pl.format(
        '{} - {} [{}] "{} {} HTTP/1.1" {} {} "{}" "{}"',
        "host", pl.col("user").fill_null("-"), stamp, "method", "path", "status", "bytes", "referer", "agent",
    )  # fmt: skip
