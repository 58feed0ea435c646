"""Health: a weighted sum of what is known, and withheld with a reason when too little is."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from waypost.score.curve import Numbers, share, slope
from waypost.score.scorecard import Band, Missing, Scorecard

DAY = ["account_id", "on_day"]
NOTHING_KNOWN = "nothing is known of this account yet"
#: The same sum in another order differs in the last bits: a denominator of 0.9999999999 is a 1, a score of 69.9999999
#: is a 70.
LAST_BITS, DIGITS = 1e-9, 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """When an input's measure is known: from this denominator on; `unknown` says why it is not below."""

    least: float
    unknown: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Parts:
    """What each input adds to the score of each day of an account.

    `days` has account_id and on_day, `inputs` the keys of the scorecard's inputs. The numbers have a row for each input
    and a column for each day: numerator and denominator, value (n / d), share (0 to 1 by the input's curve), slope (of
    the curve there), weight (its part of 100, the known inputs sharing all of it) and points (weight * share). What an
    unknown input has no number of is nan.
    """

    days: pl.DataFrame
    inputs: tuple[str, ...]
    n: Numbers
    d: Numbers
    value: Numbers
    share: Numbers
    slope: Numbers
    weight: Numbers
    points: Numbers

    @property
    def known(self) -> npt.NDArray[np.bool_]:
        """Whether each input is known on each day."""
        return ~np.isnan(self.weight)


def parts(card: Scorecard, measured: pl.DataFrame, known: Mapping[str, Known]) -> Parts:
    """Return what each input adds; `measured` has account_id, on_day, and `<input>.n` and `<input>.d` of each input."""
    keys = tuple(each.key for each in card.inputs)
    n, d = (np.stack([measured[f"{key}.{side}"].to_numpy() for key in keys]) for side in ("n", "d"))
    least = np.array([known[key].least for key in keys])
    with np.errstate(divide="ignore", invalid="ignore"):
        value = np.where(d >= least[:, None] - LAST_BITS, n / d, np.nan)
        weight = np.where(np.isnan(value), np.nan, np.array([each.weight for each in card.inputs])[:, None])
        weight *= 100.0 / np.nansum(weight, axis=0)
    shares = np.stack([share(value[nr], each.curve) for nr, each in enumerate(card.inputs)])
    return Parts(
        days=measured.select(DAY),
        inputs=keys,
        n=n,
        d=d,
        value=value,
        share=shares,
        slope=np.stack([slope(value[nr], each.curve) for nr, each in enumerate(card.inputs)]),
        weight=weight,
        points=weight * shares,
    )


def scores(
    card: Scorecard, version: int, added: Parts, known: Mapping[str, Known], stale: pl.DataFrame
) -> pl.DataFrame:
    """Return one score per account and day from `parts`, with the columns of the table `scores`.

    `stale` (on_day, why) lists days on which no usage source had sent anything for long: every score of such a day is
    withheld with that reason, for an outage is not a silence.
    """
    withheld = _withheld(card, added, known, stale)
    score = np.where(withheld.is_null().to_numpy(), np.nansum(added.points, axis=0), np.nan)
    return added.days.with_columns(
        pl.lit(card.key).alias("scorecard"),
        pl.lit(version, dtype=pl.Int64).alias("version"),
        pl.Series("score", score, nan_to_null=True),
        _bands(card, score),
        withheld,
    )


def _withheld(card: Scorecard, added: Parts, known: Mapping[str, Known], stale: pl.DataFrame) -> pl.Series:
    """Return why each score is withheld, null where it is not; the first of several reasons."""
    whys, reason = [NOTHING_KNOWN], np.where(added.known.any(axis=0), -1, 0)
    needed = {each.key for each in card.inputs if each.missing is Missing.WITHHOLD}
    for key in sorted(needed, reverse=True):
        reason[~added.known[added.inputs.index(key)]] = len(whys)
        whys.append(known[key].unknown)
    silent = added.days.select("on_day").join(
        stale.with_row_index("silent", offset=len(whys)), on="on_day", how="left", maintain_order="left"
    )
    reason = np.where(silent["silent"].is_null().to_numpy(), reason, silent["silent"].fill_null(0).to_numpy())
    said = pl.Series("withheld", [*whys, *stale["why"]], dtype=pl.String)
    return said.gather(pl.Series(reason).set(pl.Series(reason < 0), None))


def _bands(card: Scorecard, score: Numbers) -> pl.Series:
    whole = np.round(score, DIGITS)
    reached = (whole >= card.bands.watch).astype(np.uint32) + (whole >= card.bands.steady)
    names = [Band.AT_RISK, Band.WATCH, Band.STEADY, Band.NO_DATA]
    return pl.Series("band", [each.value for each in names]).gather(
        pl.Series(np.where(np.isnan(score), names.index(Band.NO_DATA), reached))
    )
