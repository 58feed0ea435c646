"""A share of people with its interval, where people of one account rise and fall together."""

import numpy as np
import polars as pl
from msgspec import Struct
from scipy import special

CONFIDENCE = 0.95


class Share(Struct, frozen=True, kw_only=True):
    """`count` of `of` people, and the interval of the share; no share (None) of nobody."""

    of: int
    count: int
    accounts: int
    low: float | None = None
    high: float | None = None

    @property
    def share(self) -> float | None:
        """The share, 0 to 1."""
        return self.count / self.of if self.of else None


def share(cases: pl.DataFrame, hit: str, *, each: str = "person_id", confidence: float = CONFIDENCE) -> Share:
    """Return the share of cases for which the column `hit` is true, with its interval.

    Wilson's interval at the effective number of people: `cases` (account_id, `each`, hit) may hold a person more than
    once, and the ratio's variance over accounts says how many independent people they are worth (Kish, 1965), never
    more than there are people.
    """
    if not cases.height:
        return Share(of=0, count=0, accounts=0)
    sums = cases.group_by("account_id").agg(n=pl.len(), hits=pl.col(hit).sum())
    return _share(sums, people=cases[each].n_unique(), confidence=confidence)


def share_of_sums(sums: pl.DataFrame, *, confidence: float = CONFIDENCE) -> Share:
    """Return the share of people of accounts: `sums` has one row for each account (n, hits), each person once."""
    if not sums.height:
        return Share(of=0, count=0, accounts=0)
    return _share(sums, people=int(sums["n"].sum()), confidence=confidence)


def _share(sums: pl.DataFrame, *, people: int, confidence: float) -> Share:
    n, hits = sums["n"].to_numpy().astype(np.float64), sums["hits"].to_numpy().astype(np.float64)
    part = float(hits.sum() / n.sum())
    worth = float(people)
    if 0 < part < 1 and len(n) > 1:
        variance = len(n) / (len(n) - 1) * float(((hits - part * n) ** 2).sum()) / float(n.sum()) ** 2
        worth = min(worth, part * (1 - part) / variance) if variance > 0 else worth
    low, high = wilson(part, max(worth, 1.0), confidence)
    return Share(of=int(n.sum()), count=int(hits.sum()), accounts=len(n), low=low, high=high)


def wilson(part: float, of: float, confidence: float) -> tuple[float, float]:
    """Return Wilson's interval of a share seen among `of` independent cases."""
    z = float(special.ndtri(0.5 + confidence / 2))
    middle = (part + z**2 / (2 * of)) / (1 + z**2 / of)
    reach = z / (1 + z**2 / of) * float(np.sqrt(part * (1 - part) / of + z**2 / (4 * of**2)))
    return max(middle - reach, 0.0), min(middle + reach, 1.0)
