"""What the catalogue might say: likely features, and names that differ only by case or id."""

import re
from collections.abc import Sequence
from datetime import timedelta

import msgspec
import polars as pl

from waypost.measure.catalogue_seen import SIGNATURE, Span
from waypost.measure.usage_values import Asks

#: Below so many shared days, that a name goes with a feature says nothing.
LEAST_TOGETHER = 10
#: In how many of a name's days the feature must have been used too, to say that they go together.
LEAST_SHARE = 0.3
TOGETHER_DAYS = 7
ID = ":id"
# A step is an id when it is a number, a UUID, hexadecimal with a digit, long with a digit, or an address.
_ID = r"^(?:\d+|[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}|[^/]*(?:@|%40)[^/]*)$"
_LONG_ID = r"^(?:[0-9a-fA-F]{8,}|[A-Za-z0-9_~.\-]{20,})$"
_NUMBER = r"(^|[ _\-#:.])#?\d+\b"
_PATH = re.compile(r"(?:(?P<method>[A-Z]{1,20}) )?(?P<path>/\S*)")


class Together(msgspec.Struct, frozen=True, kw_only=True):
    """A name goes with a feature: on `both` of its `days` (of a person) the feature was used too.

    `share_at_all` is the share of all active days on which the feature was used, to compare with.
    """

    feature: str
    both: int
    days: int
    share_at_all: float

    @property
    def share(self) -> float:
        """The share of the name's days on which the feature was used too, 0 to 1."""
        return self.both / self.days


class Twins(msgspec.Struct, frozen=True, kw_only=True):
    """Names of one kind that differ only by case, separators or ids, most events first."""

    kind: str
    names: tuple[str, ...]
    n: int
    n_left: int
    by_id: bool

    def match(self) -> dict[str, object] | None:
        """Return one match that means all of them, None when only a match for each would."""
        first = self.names[0]
        if not self.by_id:
            same = len({name.casefold() for name in self.names}) == 1
            return {"event": first, "kind": self.kind, "ignore_case": True} if same else None
        if _PATH.fullmatch(first):
            return {"path": template_of(first), "kind": self.kind}
        return {"event": re.sub(_NUMBER, r"\1*", first), "kind": self.kind}


def together(asks: Asks, asked: pl.DataFrame, span: Span) -> dict[tuple[str, str, str], Together]:
    """Return the feature that each name (source, kind, name) goes with most, over the last seven days of the span.

    It goes with a feature when on 30% of the days of a person that have it, and on more than of all active days, the
    feature was used too; days on which both happened must be ten at least. This says nothing of causes.
    """
    if not asked.height:
        return {}
    days = {"since": max(span.since, span.until - timedelta(days=TOGETHER_DAYS)), "until": span.until}
    found = asks.ask("measure/catalogue_together", days, {"asked": asked.select(SIGNATURE)})
    share, at_all = pl.col("both") / pl.col("days"), pl.col("feature_days") / pl.col("all_days")
    best = (
        found.with_columns(share=share, share_at_all=at_all)
        .filter(pl.col("both") >= LEAST_TOGETHER, share >= LEAST_SHARE, share > at_all)
        .sort(share - at_all, "feature", descending=[True, False])
        .unique(SIGNATURE, keep="first", maintain_order=True)
    )
    return {
        (row["source"], row["kind"], row["name"]): Together(
            feature=row["feature"], both=row["both"], days=row["days"], share_at_all=row["share_at_all"]
        )
        for row in best.to_dicts()
    }


def twins(seen: pl.DataFrame, most: int = 50) -> list[Twins]:
    """Return the groups of names that differ only by case, separators or ids, unless all of them mean something."""
    template = _template(pl.col("name"))
    folded = template.str.to_lowercase().str.replace_all(r"[\s_\-.]+", " ").str.strip_chars()
    groups = (
        seen.sort("n", "name", descending=[True, False])
        .with_columns(template=template, folded=folded)
        .group_by("kind", "folded", maintain_order=True)
        .agg(
            pl.col("name").unique(maintain_order=True),
            pl.col("n", "n_left").sum(),
            by_id=(pl.col("template") != pl.col("name")).any(),
        )
        .filter(pl.col("name").list.len() > 1, pl.col("n_left") > 0)
        .sort("n_left", "folded", descending=[True, False])
        .head(most)
    )
    return [
        Twins(kind=kind, names=tuple(names), n=n, n_left=n_left, by_id=by_id)
        for kind, names, n, n_left, by_id in groups.select("kind", "name", "n", "n_left", "by_id").iter_rows()
    ]


def template_of(name: str) -> str:
    """Return a name with every id in its path as `:id`."""
    found: Sequence[str] = (
        pl.DataFrame({"name": [name]}).select(_template(pl.col("name"))).to_series().to_list()
    )
    return found[0]


def _template(name: pl.Expr) -> pl.Expr:
    step = pl.element()
    is_id = step.str.contains(_ID) | (step.str.contains(_LONG_ID) & step.str.contains(r"\d"))
    steps = name.str.split("/").list.eval(pl.when(is_id).then(pl.lit(ID)).otherwise(step)).list.join("/")
    plain = name.str.replace_all(_NUMBER, "${1}" + ID)
    return pl.when(name.str.contains("/", literal=True)).then(steps).otherwise(plain)
