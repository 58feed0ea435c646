"""Tiers sort accounts by what their contract is worth."""

from typing import Self

import msgspec
import polars as pl

from waypost.core import Document, fail, reading


class Tier(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One tier; without `value_at_least` it takes whoever is left. Value is a year's, in the contract's currency."""

    key: str
    name: str
    value_at_least: float | None = None


class Tiers(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The tiers of a workspace, best first; the first that fits wins. A `tier` trait of the account goes before."""

    key: str = "tiers"
    kind: str = "tiers"
    tiers: tuple[Tier, ...] = ()

    @classmethod
    def from_document(cls, document: Document, *, where: str) -> Self:
        """Read tiers; raises DefinitionError when one can never be reached."""
        read = reading(cls, document, where=where)
        for nr, tier in enumerate(read.tiers[:-1]):
            following = read.tiers[nr + 1].value_at_least
            if tier.value_at_least is None or (following is not None and following >= tier.value_at_least):
                fail(
                    where, f"tiers[{nr}].value_at_least: list the tiers from the highest value to the lowest"
                )
        return read

    def frame(self) -> pl.DataFrame:
        """Return the tiers: tier, value_at_least (null: any value), rank (0 is best)."""
        rows = [(each.key, each.value_at_least, rank) for rank, each in enumerate(self.tiers)]
        schema = {"tier": pl.String, "value_at_least": pl.Float64, "rank": pl.Int64}
        return pl.DataFrame(rows, schema=schema, orient="row")

    def name_of(self, key: str | None) -> str:
        """Return the words for a tier's key; an unknown key is its own name, and none is "No tier"."""
        if key is None:
            return "No tier"
        return next((each.name for each in self.tiers if each.key == key), key)
