"""A segment is a named group of accounts, by conditions that must all hold."""

from datetime import date, timedelta
from typing import Self

import msgspec
import polars as pl

from waypost.core import Document, fail, reading


class Condition(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, rename={"equals": "is"}
):
    """One condition; exactly one of its kinds is given (`trait` needs `is`)."""

    tier: str | None = None
    region: str | None = None
    owner: str | None = None
    band: str | None = None
    trait: str | None = None
    equals: str | None = None
    value_at_least: float | None = None
    renews_within_days: int | None = None

    def expression(self, *, today: date) -> pl.Expr:
        """Return the condition over columns of `accounts` (and `band`); unknown never fits."""
        if self.trait is not None:
            held = pl.col("traits").str.json_path_match(f"$.{self.trait}")
            return held.eq(self.equals or "").fill_null(value=False)
        if self.value_at_least is not None:
            return pl.col("value").ge(self.value_at_least).fill_null(value=False)
        if self.renews_within_days is not None:
            last = today + timedelta(days=self.renews_within_days)
            return pl.col("renews_on").is_between(today, last).fill_null(value=False)
        for column in ("tier", "region", "owner", "band"):
            wanted = getattr(self, column)
            if wanted is not None:
                return pl.col(column).eq(wanted).fill_null(value=False)
        return pl.lit(value=True)


class Segment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A named group of accounts; without conditions it holds all of them."""

    key: str
    name: str
    kind: str = "segment"
    where: tuple[Condition, ...] = ()

    @classmethod
    def from_document(cls, document: Document, *, where: str) -> Self:
        """Read a segment; raises DefinitionError with the path of the fault."""
        segment = reading(cls, document, where=where)
        for nr, condition in enumerate(segment.where):
            given = [
                f for f in condition.__struct_fields__ if f != "equals" and getattr(condition, f) is not None
            ]
            if len(given) != 1:
                fail(where, f"where[{nr}]: give exactly one condition, not {len(given)}")
            if (condition.trait is None) != (condition.equals is None):
                fail(where, f"where[{nr}]: `trait` and `is` go together")
        return segment

    def members(self, accounts: pl.DataFrame, *, today: date) -> pl.Series:
        """Return which rows of `accounts` (with a `band` column) belong, as booleans in their order."""
        if not self.where:
            return pl.Series("member", [True] * accounts.height, dtype=pl.Boolean)
        rule = pl.all_horizontal([each.expression(today=today) for each in self.where])
        return accounts.select(rule.alias("member"))["member"]
