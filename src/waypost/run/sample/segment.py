"""The clickstream as Segment would export it: one message a line, oldest first."""

from pathlib import Path

import numpy as np
import polars as pl

from waypost.run.sample.acts import ACTS
from waypost.run.sample.calendar import MINUTE_US
from waypost.run.sample.moments import moments
from waypost.run.sample.properties import filled
from waypost.run.sample.world import World

ANONYMOUS_FIRST = 0.3
HAD_ANOTHER_ID = 0.012


def write_segment(folder: Path, world: World, acts: pl.DataFrame) -> int:
    """Write `segment.ndjson` and return how many messages it holds."""
    blocking = pl.lit(pl.Series(world.who.blocking)).gather(pl.col("person"))
    shown = acts.filter(pl.col("act") < len(ACTS), ~blocking)
    lines = pl.concat([_tracked(world, shown), _single(moments(world)), _introduced(world, shown)])
    told_by_now = lines.filter(pl.col("at_us") <= world.days.now_us).sort(
        "at_us", "line", maintain_order=True
    )
    told_by_now.select("line").write_csv(folder / "segment.ndjson", include_header=False, quote_style="never")
    return len(told_by_now)


def message(kind: str, *, at: pl.Expr, more: list[pl.Expr]) -> pl.Expr:
    """Return one message as text; `more` follows its type, id and time."""
    return pl.concat_str(
        pl.lit(f'{{"type":"{kind}","messageId":"'), pl.col("message_id"), pl.lit('","timestamp":"'),
        pl.from_epoch(at, time_unit="us").dt.strftime("%Y-%m-%dT%H:%M:%S%.3fZ"), pl.lit('"'), *more, pl.lit("}"),
    )  # fmt: skip


def told(name: str, value: pl.Expr) -> pl.Expr:
    """Return a text member of a message."""
    return pl.concat_str(pl.lit(f',"{name}":"'), value, pl.lit('"'))


def _tracked(world: World, acts: pl.DataFrame) -> pl.DataFrame:
    who, cast = world.who, world.cast
    people = pl.DataFrame({"person": np.arange(len(who)), "user": who.ids, "group": cast.ids[who.account]})
    named = acts.with_row_index("row").join(people, on="person", how="left")
    parts = []
    for n, act in enumerate(ACTS):
        name = act.event or act.page
        if name is None:
            continue
        kind, said = ("track", "event") if act.event else ("page", "name")
        line = message(
            kind,
            at=pl.col("at_us"),
            more=[
                told("userId", pl.col("user")), pl.lit(f',"{said}":"{name}","properties":'), filled(act.properties),
                pl.lit(',"context":{"groupId":"'), pl.col("group"), pl.lit('"}'),
            ],
        )  # fmt: skip
        mine = named.filter(pl.col("act") == n).with_columns(message_id=pl.format("ajs-{}-{}", "a", "row"))
        parts.append(mine.select("at_us", line=line))
    return pl.concat(parts)


def _single(told_once: pl.DataFrame) -> pl.DataFrame:
    more = [
        told("userId", pl.col("user")), told("event", pl.col("event")), pl.lit(',"properties":'), pl.col("properties"),
        pl.lit(',"context":{"groupId":"'), pl.col("group"), pl.lit('"}'),
    ]  # fmt: skip
    return told_once.select("at_us", line=message("track", at=pl.col("at_us"), more=more))


def _introduced(world: World, acts: pl.DataFrame) -> pl.DataFrame:
    """Before their first act people are identified and grouped; some were anonymous, a few had another id."""
    who, cast, rng = world.who, world.cast, world.rng("segment")
    first = acts.group_by("person").agg(pl.col("at_us").min()).sort("person")
    came, size = first["person"].to_numpy(), len(first)
    at = first["at_us"].to_numpy() - rng.integers(3, 9, size) * 1_000_000
    account = who.account[came]
    plan = pl.Series(cast.tiers[account].astype(str))
    frame = pl.DataFrame(
        {
            "at_us": at, "user": who.ids[came], "group": cast.ids[account], "email": who.emails[came],
            "name": who.given[came] + " " + who.family[came], "title": who.titles[came],
            "account": cast.names[account], "industry": cast.industries[account],
            "anonymous": [f"{n:08x}-5a1e-4c0d-9b7e-{n:012x}" for n in rng.integers(0, 1 << 31, size)],
            "was_anonymous": rng.random(size) < ANONYMOUS_FIRST, "had_another": rng.random(size) < HAD_ANOTHER_ID,
        }
    ).with_columns(plan=plan)  # fmt: skip
    return pl.concat([_anonymous(frame), _identified(frame), _grouped(frame), _renamed(frame)])


def _anonymous(frame: pl.DataFrame) -> pl.DataFrame:
    looked = frame.filter("was_anonymous").with_columns(message_id=pl.format("anon-{}", "user"))
    more = [
        told("anonymousId", pl.col("anonymous")),
        pl.lit(',"name":"Invitation","properties":{"path":"/invitation"}'),
    ]
    at = pl.col("at_us") - 2 * MINUTE_US
    return looked.select(at_us=at, line=message("page", at=at, more=more))


def _identified(frame: pl.DataFrame) -> pl.DataFrame:
    named = frame.with_columns(message_id=pl.format("id-{}", "user"))
    traits = [
        pl.lit(',"traits":{"name":"'), pl.col("name"), pl.lit('","email":"'), pl.col("email"),
        pl.lit('","title":"'), pl.col("title"), pl.lit('"}'),
    ]  # fmt: skip
    who = [told("userId", pl.col("user")), told("anonymousId", pl.col("anonymous"))]
    return named.select("at_us", line=message("identify", at=pl.col("at_us"), more=[*who, *traits]))


def _grouped(frame: pl.DataFrame) -> pl.DataFrame:
    grouped = frame.with_columns(message_id=pl.format("group-{}", "user"))
    traits = [
        pl.lit(',"traits":{"name":"'), pl.col("account"), pl.lit('","industry":"'), pl.col("industry"),
        pl.lit('","plan":"'), pl.col("plan"), pl.lit('"}'),
    ]  # fmt: skip
    at = pl.col("at_us") + 1_000_000
    more = [told("userId", pl.col("user")), told("groupId", pl.col("group")), *traits]
    return grouped.select(at_us=at, line=message("group", at=at, more=more))


def _renamed(frame: pl.DataFrame) -> pl.DataFrame:
    renamed = frame.filter("had_another").with_columns(message_id=pl.format("alias-{}", "user"))
    at = pl.col("at_us") + 2_000_000
    more = [told("userId", pl.col("user")), told("previousId", pl.format("lead-{}", "user"))]
    return renamed.select(at_us=at, line=message("alias", at=at, more=more))
