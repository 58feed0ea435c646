"""The part of the log that nobody meant: probes, crawlers, assets, redirects, faults and people who try doors."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from waypost.run.sample.calendar import DAYS, MINUTE_US, Calendar
from waypost.run.sample.chance import Ints, Rng, picked
from waypost.run.sample.world import World

BROWSER = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit"
    "/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 Safari/537.36"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Racket:
    """One sort of noise: its share of all noise, and what its lines look like; `known` lines carry a user."""

    share: float
    requests: tuple[str, ...]
    statuses: tuple[int, ...]
    agents: tuple[str, ...]
    known: bool = False
    workdays: bool = False


RACKETS = (
    Racket(
        share=0.40,
        requests=("GET /healthz", "GET /readyz", "GET /ping"),
        statuses=(200,),
        agents=("kube-probe/1.31", "ELB-HealthChecker/2.0", "GoogleHC/1.0"),
    ),
    Racket(
        share=0.30,
        statuses=(200, 200, 304),
        agents=(BROWSER,),
        workdays=True,
        requests=(
            "GET /assets/app-9f31c2.js",
            "GET /assets/app-71be04.css",
            "GET /favicon.ico",
            "GET /fonts/overpass.woff2",
            "GET /img/logo.svg",
        ),
    ),
    Racket(
        share=0.11,
        requests=("GET /", "GET /robots.txt", "GET /pricing", "GET /reports/4411", "GET /sitemap.xml"),
        statuses=(200, 200, 404),
        agents=(
            "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
            "Mozilla/5.0 (compatible; bingbot/2.0; +http://www.bing.com/bingbot.htm)",
            "Mozilla/5.0 (compatible; AhrefsBot/7.0; +http://ahrefs.com/robot/)",
        ),
    ),
    Racket(
        share=0.06,
        requests=("GET /login", "GET /app", "GET /reports"),
        statuses=(301, 302),
        agents=(BROWSER,),
        workdays=True,
    ),
    Racket(
        share=0.06,
        requests=("GET /reports/4999", "POST /reports/4120/export", "GET /dashboards/4777"),
        statuses=(403, 404, 500, 502),
        agents=(BROWSER,),
        known=True,
        workdays=True,
    ),
    Racket(
        share=0.04,
        requests=(
            "GET /.env",
            "GET /wp-login.php",
            "POST /cgi-bin/luci",
            "GET /.git/config",
            "GET /phpmyadmin/index.php",
        ),
        statuses=(404, 400),
        agents=("Mozilla/5.0 zgrab/0.x", "python-requests/2.32.3", "-"),
    ),
    Racket(
        share=0.03,
        requests=("OPTIONS /api/v2/shipments", "HEAD /"),
        statuses=(204, 200),
        agents=(BROWSER, "curl/8.5.0"),
        workdays=True,
    ),
)


def noise(world: World, wanted: int) -> pl.DataFrame:
    """Return about half as many lines as there are wanted ones, so that a third of the log is noise."""
    rng, size = world.rng("noise"), wanted // 2
    return pl.concat([_racket(rng, world, racket, int(size * racket.share)) for racket in RACKETS])


def _racket(rng: Rng, world: World, racket: Racket, size: int) -> pl.DataFrame:
    requests = picked(rng, racket.requests, size)
    users = (
        world.who.ids[rng.integers(0, len(world.who), size)]
        if racket.known
        else np.full(size, None, dtype=object)
    )
    return pl.DataFrame(
        {
            "at_us": _instants(rng, world.days, size, racket),
            "host": [f"203.0.113.{n}" for n in rng.integers(1, 255, size)],
            "user": users,
            "method": [request.split(" ")[0] for request in requests],
            "path": [request.split(" ")[1] for request in requests],
            "status": np.array(racket.statuses)[rng.integers(0, len(racket.statuses), size)],
            "bytes": rng.integers(2, 40_000, size),
            "referer": np.full(size, "-", dtype=object),
            "agent": picked(rng, racket.agents, size),
        },
        schema_overrides={"user": pl.Utf8, "status": pl.Int64, "bytes": pl.Int64},
    )


def _instants(rng: Rng, days: Calendar, size: int, racket: Racket) -> Ints:
    busy = days.rhythm[0] if racket.workdays else np.ones(DAYS)
    day = rng.choice(DAYS, size=size, p=busy / busy.sum())
    office, always = np.clip(rng.normal(13 * 60, 180, size), 0, 1439), rng.uniform(0, 1440, size)
    minute = office if racket.workdays else always
    return np.asarray(days.midnight_us[0][day] + (minute * MINUTE_US).astype(np.int64))
