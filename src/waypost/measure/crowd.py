"""A crowd says whose use counts: of which accounts, in which role, and whether people or accounts are counted."""

from typing import Any

import msgspec
import polars as pl

from waypost.measure.catalogue import Catalogue
from waypost.measure.segments_conditions import Level


class Crowd(msgspec.Struct, frozen=True, kw_only=True):
    """Whose use counts. None leaves a side open: all accounts, all people, any role.

    A role is the one that a person has, or had last, at the account; use at another account does not count for it.
    """

    unit: Level = Level.PEOPLE
    accounts: frozenset[str] | None = None
    people: frozenset[str] | None = None
    role: str | None = None

    def frames(self, catalogue: Catalogue) -> dict[str, pl.DataFrame]:
        """Return the frames that the questions of retention, funnel and paths read."""
        return {
            "features": catalogue.feature_frame().select("feature", "automated_counts"),
            "some_accounts": _column("account_id", self.accounts),
            "some_people": _column("person_id", self.people),
        }

    def params(self) -> dict[str, Any]:
        """Return the parameters that go with the frames."""
        return {
            "unit": self.unit.value,
            "all_accounts": self.accounts is None,
            "all_people": self.people is None,
            "role": self.role,
        }


def _column(name: str, members: frozenset[str] | None) -> pl.DataFrame:
    return pl.DataFrame({name: sorted(members or ())}, schema={name: pl.String})
