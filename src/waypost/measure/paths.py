"""Real paths: the features that people used in their first days, in the order in which they first used them.

Everybody is in exactly one branch of a tree: by their first feature, then their second, and so on. The largest branches
are kept, the others are one branch together, so that the branches of a branch always add up to it.
"""

from collections.abc import Iterable
from datetime import date

import msgspec
import polars as pl

from waypost.measure.catalogue import Catalogue
from waypost.measure.crowd import Crowd
from waypost.measure.shares import Share, share
from waypost.store import Warehouse

SEP = "\x1f"
ENDS = ("sustained", "on_path", "strayed", "gone", "none")
#: A feature that so many used tells paths apart no longer, and is left out of them.
COMMON = 0.9
#: So many levels and named branches at most; a branch has a name of its own from LEAST_PEOPLE and LEAST_SHARE of
#: everybody on, and is parted further from SPLIT_SHARE on.
DEPTH, WIDTH = 4, 5
LEAST_PEOPLE, LEAST_SHARE, SPLIT_SHARE = 5, 0.02, 0.08
NOTHING, OTHERS = "", "~"


class PathsAsked(msgspec.Struct, frozen=True, kw_only=True):
    """Of whom paths are asked: who got access in the span and has had their first days, and how they are told apart."""

    first_days: int = 14
    quiet_days: int = 28
    since: date
    until: date
    today: date
    crowd: Crowd = Crowd()
    common_too: bool = False


class Branch(msgspec.Struct, frozen=True, kw_only=True):
    """People whose path begins alike. The last of `prefix` is a feature, NOTHING (no further one), or OTHERS."""

    prefix: tuple[str, ...]
    people: int
    of_all: Share
    ends: tuple[int, ...]
    stayed: Share
    branches: tuple["Branch", ...] = ()


class Paths(msgspec.Struct, frozen=True, kw_only=True):
    """The tree, the features left out of it with the share that used each, and everybody's row.

    `everybody` has person_id, account_id, began_on, path (a list), ends, known, stayed, last_on.
    """

    whole: Branch
    left_out: tuple[tuple[str, Share], ...]
    everybody: pl.DataFrame


def paths(warehouse: Warehouse, catalogue: Catalogue, asked: PathsAsked) -> Paths:
    """Return the paths of everybody asked about; the same facts give the same tree."""
    params = {
        "first_days": asked.first_days,
        "quiet_days": asked.quiet_days,
        "since": asked.since,
        "until": asked.until,
        "today": asked.today,
        **asked.crowd.params(),
    }
    del params["unit"]
    found = warehouse.ask("measure/paths_firsts", params, asked.crowd.frames(catalogue))
    listed = pl.col("path").str.split(SEP).list.eval(pl.element().filter(pl.element() != ""))
    found = found.with_columns(listed.alias("path"))
    common = () if asked.common_too else _common(found)
    if common:
        kept = pl.element().filter(~pl.element().is_in([feature for feature, _ in common]))
        found = found.with_columns(pl.col("path").list.eval(kept))
    return Paths(whole=_branch(found, (), found.height), left_out=common, everybody=found)


def at(found: Paths, prefix: tuple[str, ...]) -> pl.DataFrame:
    """Return everybody in the branch with this prefix; nobody when there is no such branch."""
    rows, node = found.everybody, found.whole
    for depth, word in enumerate(prefix):
        nodes = [each.prefix[-1] for each in node.branches]
        if word not in nodes:
            return rows.clear()
        rows = _within(rows, depth, word, nodes)
        node = next(each for each in node.branches if each.prefix[-1] == word)
    return rows


def _common(found: pl.DataFrame) -> tuple[tuple[str, Share], ...]:
    counts = found.select(pl.col("path").explode()).drop_nulls().group_by("path").len()
    common = [
        (feature, share(n, found.height)) for feature, n in counts.iter_rows() if n >= COMMON * found.height
    ]
    return tuple(sorted(common, key=lambda each: (-each[1].count, each[0])))


def _branch(rows: pl.DataFrame, prefix: tuple[str, ...], everybody: int) -> Branch:
    ends = dict(rows.group_by("ends").len().iter_rows())
    known = rows.filter("known")
    split = len(prefix) < DEPTH and rows.height >= SPLIT_SHARE * everybody
    split = split and not (prefix and prefix[-1] in (NOTHING, OTHERS))
    return Branch(
        prefix=prefix,
        people=rows.height,
        of_all=share(rows.height, everybody),
        ends=tuple(int(ends.get(each, 0)) for each in ENDS),
        stayed=share(int(known["stayed"].sum()), known.height),
        branches=tuple(_branches(rows, prefix, everybody)) if split else (),
    )


def _branches(rows: pl.DataFrame, prefix: tuple[str, ...], everybody: int) -> Iterable[Branch]:
    """Yield the largest branches, then whoever went no further, then all others together."""
    depth = len(prefix)
    following = rows.select(pl.col("path").list.get(depth, null_on_oob=True).alias("next")).drop_nulls()
    counts = following.group_by("next").len().sort(["len", "next"], descending=[True, False])
    least = max(LEAST_PEOPLE, LEAST_SHARE * everybody)
    large = counts.filter(pl.col("len") >= least).head(WIDTH)["next"].to_list()
    if counts.height == len(large) + 1:
        # One feature alone needs no name for "others".
        large = counts["next"].to_list()
    for word in (*large, NOTHING, OTHERS):
        part = _within(rows, depth, word, large)
        if part.height:
            yield _branch(part, (*prefix, word), everybody)


def _within(rows: pl.DataFrame, depth: int, word: str, named: list[str]) -> pl.DataFrame:
    following = pl.col("path").list.get(depth, null_on_oob=True)
    if word == NOTHING:
        return rows.filter(following.is_null())
    if word == OTHERS:
        return rows.filter(following.is_not_null() & ~following.is_in(named))
    return rows.filter(following == word)
