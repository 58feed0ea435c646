"""Whom a change is about."""

from dataclasses import dataclass

import polars as pl

PEOPLE = {"person_id": pl.String}
ACCOUNTS = {"account_id": pl.String}


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """The people and accounts that a change is about."""

    people: frozenset[str] = frozenset()
    accounts: frozenset[str] = frozenset()

    def __or__(self, other: "Scope") -> "Scope":
        """Return everybody in either scope."""
        return Scope(people=self.people | other.people, accounts=self.accounts | other.accounts)

    def people_frame(self) -> pl.DataFrame:
        """Return the people as a frame with the column person_id."""
        return pl.DataFrame({"person_id": sorted(self.people)}, schema=PEOPLE)

    def accounts_frame(self) -> pl.DataFrame:
        """Return the accounts as a frame with the column account_id."""
        return pl.DataFrame({"account_id": sorted(self.accounts)}, schema=ACCOUNTS)
