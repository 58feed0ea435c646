"""The effect of a play: how many more reached its goal than would have without it.

Intention to treat: everybody whom the play chose counts in the group that was drawn for their account, written
to or not, so that nothing which happened after the draw can flatter the result. Accounts were drawn, so accounts
are what is counted as independent: people of one account rise and fall together.
"""

import math
from dataclasses import dataclass
from datetime import date

import polars as pl
from scipy import special

LEAST_PEOPLE = 20
LEAST_ACCOUNTS = 8
LEAST_OF_EACH = 5
CONFIDENCE = 0.95
# The usual line for "the groups are not as drawn": rare enough to mean a fault and not bad luck.
SUSPECT_P = 0.001


@dataclass(frozen=True, slots=True, kw_only=True)
class Group:
    """One side of the comparison. People's windows are closed; those still open are only `waiting`."""

    people: int
    accounts: int
    reached: int
    contacted: int
    waiting: int

    @property
    def share(self) -> float | None:
        """Share of people who reached the goal, 0 to 1; None without people."""
        return self.reached / self.people if self.people else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """Difference in the share that reached the goal, treated minus held out, with its 95 % interval.

    `difference`, `low` and `high` are None until there is enough, and `weeks_left` says in how many weeks that
    may be (None when nobody can say). `groups_p` is how likely groups this unequal are by chance.
    """

    treated: Group
    held_out: Group
    enough: bool
    difference: float | None = None
    low: float | None = None
    high: float | None = None
    error: float | None = None
    freedom: float | None = None
    groups_p: float | None = None
    weeks_left: int | None = None

    @property
    def suspect(self) -> bool:
        """Whether the groups are so unequal that something went wrong."""
        return self.groups_p is not None and self.groups_p < SUSPECT_P

    @property
    def clear(self) -> bool:
        """Whether the whole interval lies on one side of zero."""
        return self.low is not None and self.high is not None and (self.low > 0 or self.high < 0)


def effect(subjects: pl.DataFrame, *, today: date) -> Effect:
    """Return the effect seen in `subjects`, one row for each person or account that a play chose.

    Columns: account_id, held_out, closed (its window is over), reached, contacted (booleans), decided_on (date),
    share (of accounts planned to be held out, 0 to 1).
    """
    treated = _group(subjects.filter(~pl.col("held_out")))
    held_out = _group(subjects.filter(pl.col("held_out")))
    groups_p = chance_of_groups(subjects)
    if not _is_enough(treated, held_out):
        weeks = _weeks_left(subjects, treated, held_out, today)
        return Effect(treated=treated, held_out=held_out, enough=False, groups_p=groups_p, weeks_left=weeks)
    one, other = (_clusters(subjects, held_out=side) for side in (False, True))
    difference = share_of(one) - share_of(other)
    error, freedom = error_of(one, other)
    reach = float(special.stdtrit(freedom, 0.5 + CONFIDENCE / 2)) * error
    return Effect(
        treated=treated,
        held_out=held_out,
        enough=True,
        difference=difference,
        low=max(difference - reach, -1.0),
        high=min(difference + reach, 1.0),
        error=error,
        freedom=freedom,
        groups_p=groups_p,
    )


def share_of(clusters: pl.DataFrame) -> float:
    """Return the share of people who reached the goal, over accounts with `people` and `reached` each."""
    return float(clusters["reached"].sum()) / float(clusters["people"].sum())


def error_of(one: pl.DataFrame, other: pl.DataFrame) -> tuple[float, float]:
    """Return the standard error of the difference of two shares, and its degrees of freedom.

    Cluster-robust with the small-sample correction of Bell and McCaffrey (2002), known as CR2, and their degrees
    of freedom, as Imbens and Kolesar (2016) and Cameron and Miller (2015, section VI) advise when accounts are
    few or of unequal size; the two groups are joined by Satterthwaite's rule.
    """
    parts = [_variance(one), _variance(other)]
    total = sum(variance for variance, _ in parts)
    spread = sum(variance**2 / freedom for variance, freedom in parts)
    return math.sqrt(total), total**2 / spread


def _variance(clusters: pl.DataFrame) -> tuple[float, float]:
    """Return the variance of a group's share and its degrees of freedom.

    An account with `people` of all N pulls the share towards itself by its weight h = people / N; its deviation
    is scaled up by 1 / (1 - h) to make up for that. With accounts of equal size this is the textbook variance of
    a mean over accounts, with one less than the accounts as degrees of freedom.

    The variance is never below that of independent people with one more success and one more failure (Agresti and
    Caffo, 2000): a group in which nobody reached the goal is not for that reason known without error.
    """
    weight = pl.col("people") / pl.col("people").sum()
    deviation = (pl.col("reached") - share_of(clusters) * pl.col("people")) / pl.col("people").sum()
    pull = weight**2 / (1 - weight)
    sums = clusters.select(
        variance=(deviation**2 / (1 - weight)).sum(),
        loss=(weight**2).sum() + pull.sum() ** 2 - (pull**2).sum(),
    )
    people, reached = int(clusters["people"].sum()), int(clusters["reached"].sum())
    careful = (reached + 1) / (people + 2)
    least = careful * (1 - careful) / (people + 2)
    return max(float(sums["variance"].item()), least), 1.0 / float(sums["loss"].item())


def chance_of_groups(subjects: pl.DataFrame) -> float | None:
    """Return how likely it is to draw groups of accounts as unequal as these, by chi-square; None when undrawn.

    A very small number means that the groups differ by more than the draw (a fault, or accounts that were left
    out of one side), and that the effect must not be trusted.
    """
    accounts = subjects.group_by("account_id").agg(pl.col("held_out").first(), pl.col("share").first())
    expected, spread = pl.col("share").sum(), (pl.col("share") * (1 - pl.col("share"))).sum()
    sums = accounts.select(off=(pl.col("held_out").sum() - expected) ** 2, spread=spread)
    if sums["spread"].item() <= 0:
        return None
    return float(special.chdtrc(1, sums["off"].item() / sums["spread"].item()))


def _group(subjects: pl.DataFrame) -> Group:
    closed = subjects.filter(pl.col("closed"))
    return Group(
        people=closed.height,
        accounts=closed["account_id"].n_unique(),
        reached=int(closed["reached"].sum()),
        contacted=int(closed["contacted"].sum()),
        waiting=subjects.height - closed.height,
    )


def _clusters(subjects: pl.DataFrame, *, held_out: bool) -> pl.DataFrame:
    counted = subjects.filter(pl.col("closed") & (pl.col("held_out") == held_out))
    return counted.group_by("account_id").agg(people=pl.len(), reached=pl.col("reached").sum())


def _is_enough(treated: Group, held_out: Group) -> bool:
    reached = treated.reached + held_out.reached
    missed = treated.people + held_out.people - reached
    return min(reached, missed) >= LEAST_OF_EACH and all(
        group.people >= LEAST_PEOPLE and group.accounts >= LEAST_ACCOUNTS for group in (treated, held_out)
    )


def _weeks_left(subjects: pl.DataFrame, treated: Group, held_out: Group, today: date) -> int | None:
    """Return in about how many weeks there is enough, if people keep being chosen as often as until now."""
    first = subjects["decided_on"].min()
    if not isinstance(first, date):
        return None
    weeks_so_far = max((today - first).days / 7, 1.0)
    both = (treated, held_out)
    wants = [(LEAST_PEOPLE, group.people, group.people + group.waiting) for group in both]
    wants += [(LEAST_ACCOUNTS, group.accounts, group.accounts) for group in both]
    reached = treated.reached + held_out.reached
    people = treated.people + held_out.people
    wants += [(LEAST_OF_EACH, reached, reached), (LEAST_OF_EACH, people - reached, people - reached)]
    lacking = [(least - now, seen / weeks_so_far) for least, now, seen in wants if now < least]
    if any(rate == 0 for _, rate in lacking):
        return None
    return math.ceil(max(missing / rate for missing, rate in lacking))
