"""Which features, used how often in the first days, go with staying. What goes with staying need not cause it.

Landmark analysis (Anderson, Cain and Gelber, 1983): who had adopted by day L is compared with who had not, among those
still there on day L, by what came after it; so nobody counts as an adopter for having stayed long enough to become one.
Differences are adjusted by least squares for role, tier, month and activity before the feature, with accounts as what
is independent, and held against all that was tried (Benjamini and Hochberg, 1995; Benjamini and Yekutieli, 2005).
"""

from enum import StrEnum

import numpy as np
import numpy.typing as npt
import polars as pl
from msgspec import Struct, structs
from scipy import special

Numbers = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
Whole = npt.NDArray[np.int64]

#: On each side of a comparison so many people at so many accounts, and so many who stayed and who did not in all.
LEAST_PEOPLE = 30
LEAST_ACCOUNTS = 10
LEAST_OF_EACH = 15
CONFIDENCE = 0.95
#: Of the differences called clear, at most this share may be luck.
FALSE_SHARE = 0.05
LEAST_OF_LEVEL = 20
_NOTHING = 1e-12


class Verdict(StrEnum):
    """What a comparison comes to."""

    BEYOND_ACTIVITY = "beyond_activity"
    WITH_ACTIVITY = "with_activity"
    UNCLEAR = "unclear"


class Side(Struct, frozen=True, kw_only=True):
    """Those who had adopted by the landmark, or those who had not."""

    people: int
    accounts: int
    stayed: int

    @property
    def share(self) -> float:
        """The share who stayed, 0 to 1."""
        return self.stayed / self.people


class Difference(Struct, frozen=True, kw_only=True):
    """How many more stayed, as a difference of shares (−1 to 1), with its interval.

    `q` is the share of luck to expect among differences as clear as this one or clearer, of all that was tried.
    """

    value: float
    low: float
    high: float
    p: float
    error: float
    freedom: int
    q: float = 1.0


class Matter(Struct, frozen=True, kw_only=True):
    """One feature used at least so often by the landmark, and how staying went with it.

    `adjusted` takes role, tier, month and activity before the feature into account; `beyond` also how active people
    were in all of the first days, and so says too little of a feature that makes people active.
    """

    feature: str
    at_least: int
    adopters: Side
    others: Side
    adjusted: Difference
    beyond: Difference
    verdict: Verdict

    @property
    def lift(self) -> float:
        """The plain difference of the shares who stayed, adjusted for nothing."""
        return self.adopters.share - self.others.share


class Matters(Struct, frozen=True, kw_only=True):
    """All that was tried for one journey and landmark; `tried` counts the comparisons that had enough people."""

    by_day: int
    people: int
    accounts: int
    stayed: int
    tried: int
    found: list[Matter]


def matters(people: pl.DataFrame, reached: pl.DataFrame, active: pl.DataFrame, *, by_day: int) -> Matters:
    """Return what goes with staying, most first.

    `people`: person (numbered from 0), account_id, role, tier, month (any may be null), stayed; only people who were
    still there on `by_day`. `reached`: person, feature, at_least, day (after provisioning, below by_day): when each had
    used a feature so often. `active`: person, day: the days with any use.
    """
    company = _Company(people.sort("person"), active, by_day)
    pairs = reached.partition_by("feature", "at_least", as_dict=True)
    found = [
        company.compare(str(feature), int(at_least), part) for (feature, at_least), part in pairs.items()
    ]
    kept = _against_all_tried([each for each in found if each is not None])
    ranked = sorted(kept, key=lambda each: (-each.adjusted.value, each.feature, each.at_least))
    return Matters(
        by_day=by_day,
        people=people.height,
        accounts=people["account_id"].n_unique(),
        stayed=int(people["stayed"].sum()),
        tried=len(kept),
        found=ranked,
    )


class _Company:
    """The people of one journey at one landmark, as numbers that every comparison uses."""

    def __init__(self, people: pl.DataFrame, active: pl.DataFrame, by_day: int) -> None:
        self._people = people
        self._stayed = people["stayed"].to_numpy().astype(np.float64)
        self._account = people["account_id"].rank("dense").to_numpy().astype(np.int64) - 1
        self._by_day = by_day
        days = np.zeros((people.height, by_day + 1))
        days[active["person"].to_numpy(), active["day"].to_numpy() + 1] = 1
        #: Days with use before each day.
        self._before = np.cumsum(days, axis=1)
        self._same = np.hstack(
            [np.ones((people.height, 1)), *(_levels(people[n]) for n in ("role", "tier", "month"))]
        )
        self._even = ((people["person"].hash(seed=7) % 10_007) / 10_007).to_numpy()

    def compare(self, feature: str, at_least: int, reached: pl.DataFrame) -> Matter | None:
        """Compare those who reached it with the others; None where too few are on a side."""
        who, day = reached["person"].to_numpy(), reached["day"].to_numpy()
        adopted = np.zeros(len(self._stayed), dtype=bool)
        adopted[who] = True
        sides = [self._side(adopted), self._side(~adopted)]
        stayed = sum(side.stayed for side in sides)
        few = min(min(side.people / LEAST_PEOPLE, side.accounts / LEAST_ACCOUNTS) for side in sides)
        if few < 1 or min(stayed, len(adopted) - stayed) < LEAST_OF_EACH:
            return None
        since = self._since(who, day)
        before = self._before[np.arange(len(since)), since]
        ahead = np.column_stack([self._same, since, before, before / (since + 1)])
        whole = self._before[:, self._by_day]
        return Matter(
            feature=feature,
            at_least=at_least,
            adopters=sides[0],
            others=sides[1],
            adjusted=self._difference(adopted, ahead),
            beyond=self._difference(adopted, np.column_stack([ahead, whole, np.sqrt(whole), whole**2])),
            verdict=Verdict.UNCLEAR,
        )

    def _side(self, belongs: Truths) -> Side:
        return Side(
            people=int(belongs.sum()),
            accounts=len(np.unique(self._account[belongs])),
            stayed=int(self._stayed[belongs].sum()),
        )

    def _since(self, who: Whole, day: Whole) -> Whole:
        """Return the day before which activity counts as before the feature.

        Who never adopted has no such day of their own; each is given one of the adopters', evenly spread, so that both
        sides had the same time to be active (prescription time matching: Zhou et al., 2005).
        """
        days = np.sort(day).astype(np.int64)
        since: Whole = days[(self._even * len(days)).astype(np.int64)]
        since[who] = day
        return since

    def _difference(self, adopted: Truths, others: Numbers) -> Difference:
        """Return the adjusted difference, by least squares with accounts as what is independent (CR1)."""
        basis = _independent(others)
        treated = adopted.astype(np.float64)
        treated = treated - basis @ (basis.T @ treated)
        stayed = self._stayed - basis @ (basis.T @ self._stayed)
        weight = float(treated @ treated)
        value = float(treated @ stayed) / weight if weight > _NOTHING else 0.0
        score = np.bincount(self._account, treated * (stayed - value * treated))
        groups = len(score)
        error = float(np.sqrt(groups / (groups - 1) * (score @ score))) / max(weight, _NOTHING)
        p = float(2 * special.stdtr(groups - 1, -abs(value) / max(error, _NOTHING)))
        raw = Difference(value=value, low=value, high=value, p=p, error=error, freedom=groups - 1)
        return _with_interval(raw, CONFIDENCE)


def _with_interval(raw: Difference, confidence: float) -> Difference:
    reach = float(special.stdtrit(raw.freedom, 0.5 + confidence / 2)) * raw.error
    return structs.replace(raw, low=max(raw.value - reach, -1.0), high=min(raw.value + reach, 1.0))


def _levels(values: pl.Series) -> Numbers:
    """Return a column of 0 and 1 for each value that enough people have, but the commonest."""
    counted = values.drop_nulls().value_counts(sort=True)
    kept = counted.filter(pl.col("count") >= LEAST_OF_LEVEL)[values.name].to_list()[1:]
    columns = [(values == each).fill_null(value=False).to_numpy().astype(np.float64) for each in sorted(kept)]
    return np.column_stack(columns) if columns else np.zeros((len(values), 0))


def _independent(columns: Numbers) -> Numbers:
    """Return orthonormal columns that span these, without those that the others already say."""
    left, size, _ = np.linalg.svd(
        columns / np.maximum(np.abs(columns).max(axis=0), _NOTHING), full_matrices=False
    )
    return left[:, size > 1e-8 * size[0]]


def _against_all_tried(found: list[Matter]) -> list[Matter]:
    """Return the comparisons with their verdicts, held against all of them together.

    The intervals of those called clear are widened, for they were picked because they looked clear: of such intervals
    at most one in twenty is expected to miss its truth (Benjamini and Yekutieli, 2005).
    """
    adjusted = _shares_of_luck([each.adjusted.p for each in found])
    beyond = _shares_of_luck([each.beyond.p for each in found])
    clear = sum(q <= FALSE_SHARE for q in adjusted)
    kept = []
    for each, q, q_beyond in zip(found, adjusted, beyond, strict=True):
        picked = q <= FALSE_SHARE
        confidence = 1 - (1 - CONFIDENCE) * clear / len(found) if picked else CONFIDENCE
        same_way = each.adjusted.value * each.beyond.value > 0
        said = Verdict.BEYOND_ACTIVITY if q_beyond <= FALSE_SHARE and same_way else Verdict.WITH_ACTIVITY
        kept.append(
            structs.replace(
                each,
                adjusted=structs.replace(_with_interval(each.adjusted, confidence), q=q),
                beyond=structs.replace(each.beyond, q=q_beyond),
                verdict=said if picked else Verdict.UNCLEAR,
            )
        )
    return kept


def _shares_of_luck(chances: list[float]) -> list[float]:
    """Return the q of each p (Benjamini and Hochberg, 1995), in their order."""
    order = sorted(range(len(chances)), key=lambda nr: chances[nr], reverse=True)
    found, least = [1.0] * len(chances), 1.0
    for place, nr in enumerate(order):
        least = min(least, chances[nr] * len(chances) / (len(chances) - place))
        found[nr] = least
    return found
