"""The odds of meeting the next milestone in time, from the history of people like them.

One model per milestone. It is fitted to what people had done by the morning of a day and what came of it, and says of
somebody who is underway how likely it is that they meet the milestone by its day. Pure columns: no I/O, no clock.
"""

from collections.abc import Sequence
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl
from msgspec import Struct, structs

from waypost.learn.calibration import Block, Calibration, calibrate, choose
from waypost.learn.hazard import Hazard, Landmarks, fit, within

#: No odds below this: so many people whose time is over, so many of each outcome, at so many accounts.
LEAST_PEOPLE = 100
LEAST_OF_EACH = 20
LEAST_ACCOUNTS = 10
#: A role or tier of fewer people than this is not told apart from the others.
LEAST_OF_LEVEL = 30
CONFIDENCE = 0.95
#: Days over which recent rhythm is looked at.
RHYTHM_DAYS = 28
WEEK = 7
#: Where time is cut to judge the calibration: shares of the people whose time is over, by the day they began.
ORIGINS = (0.4, 0.55, 0.7, 0.85)
_KNOWN = ("share_met", "part_done", "week_share", "month_share", "silence", "silent", "elapsed")
_FADING = (1, 2, 4)
_MONDAY = date(1970, 1, 5)


class OddsModel(Struct, frozen=True, kw_only=True):
    """What history says about one milestone; without a hazard there is too little of it, and `why` says what lacks.

    `people` are those whose time is over, `met` of them in time; `losses` is the log-loss of each calibration tried.
    """

    people: int
    accounts: int
    met: int
    why: str | None = None
    hazard: Hazard | None = None
    calibration: Calibration = Calibration()
    losses: dict[str, float] = {}
    roles: list[str] = []
    tiers: list[str] = []

    @property
    def missed(self) -> int:
        """How many did not meet it in time."""
        return self.people - self.met


def mornings(spells: pl.DataFrame, *, most_people: int, per_person: int) -> pl.DataFrame:
    """Return the mornings on which history is looked at: a few of each spell, spread evenly, of the latest people.

    `spells` has spell, person_id, shape, began_on, due_on, ended_on, met, seen_until; the answer adds on_day. The first
    morning is that after the day on which it began: before that day nothing is known. Whose day has passed comes before
    whose has not. Who is looked at, and when, is settled before anything has happened: were a person who is done early
    looked at as often as one who never is, the odds of those still underway would come out too high.
    """
    order = pl.struct(
        pl.col("due_on") >= pl.col("seen_until"), -pl.col("began_on").to_physical(), "person_id"
    )
    latest = order.rank("ordinal").over("shape")
    whole = (pl.col("due_on") - pl.col("began_on")).dt.total_days()
    # Each person's mornings begin at another place, the same one whenever it is asked.
    start = (pl.col("person_id").hash(seed=1) % 1000) / 1000
    looks = pl.min_horizontal(whole, pl.lit(per_person))
    each = (
        spells.filter((latest <= most_people) & (whole > 0))
        .with_columns(pl.int_ranges(0, looks).alias("look"), whole=whole, looks=looks, start=start)
        .explode("look")
    )
    after = ((pl.col("look") + pl.col("start")) * pl.col("whole") / pl.col("looks")).floor().cast(pl.Int64)
    dated = each.with_columns(on_day=pl.col("began_on") + pl.duration(days=after + 1))
    return dated.filter(pl.col("on_day") <= _last_seen()).drop("look", "start", "whole", "looks")


def fit_odds(history: pl.DataFrame) -> OddsModel:
    """Return the model of one milestone.

    `history` has a row per person and morning that was looked at: spell (whole number, one per person and milestone),
    account_id, on_day (the morning; only what happened before it is known), began_on, due_on, ended_on (the day on
    which it was met, else the first day not seen any more), met, seen_until (the first day of which nothing is known
    of anybody); and what was known: share_met and part_done (shares
    of the clauses, 0 to 1), active_7 and active_28 (days with use of the 7 and 28 days before), days_since (the last
    use; null: none of those 28 days), age_days (since provisioning), role, tier (null: unknown).
    """
    history = history.filter(pl.col("on_day") <= _last_seen())
    spells = history.unique("spell").filter(is_over())
    met, accounts = int(spells["met"].sum()), spells["account_id"].n_unique()
    model = OddsModel(people=spells.height, accounts=accounts, met=met)
    if why := _too_little(spells.height, accounts, met):
        return structs.replace(model, why=why)
    roles, tiers = _levels(spells["role"]), _levels(spells["tier"])
    calibration, losses = choose(_blocks(history, spells, roles, tiers))
    hazard = _hazard(history, roles, tiers)
    return structs.replace(
        model, hazard=hazard, calibration=calibration, losses=losses, roles=roles, tiers=tiers
    )


def odds_of(model: OddsModel, cases: pl.DataFrame) -> pl.DataFrame:
    """Return the odds of each case, in their order: odds, low, high (0 to 1; null without a model).

    `cases` has the columns of history that were known: on_day, began_on, due_on, share_met, … The interval is of the
    odds that people like this one have, not of what will come of this one.
    """
    if model.hazard is None or not cases.height:
        nothing = pl.repeat(None, pl.len(), dtype=pl.Float64)
        return cases.select(odds=nothing, low=nothing, high=nothing)
    point, low, high = within(model.hazard, landmarks(cases, model.roles, model.tiers), CONFIDENCE)
    return pl.DataFrame(
        {
            "odds": calibrate(model.calibration, point),
            "low": calibrate(model.calibration, low),
            "high": calibrate(model.calibration, high),
        }
    )


def as_known_on(history: pl.DataFrame, day: date) -> pl.DataFrame:
    """Return the history as it was known on the morning of a day: nothing that happened on it or after."""
    return history.filter(pl.col("on_day") < day).with_columns(
        seen_until=pl.lit(day),
        met=pl.col("met") & (pl.col("ended_on") < day),
        ended_on=pl.min_horizontal("ended_on", pl.lit(day)),
    )


def is_over() -> pl.Expr:
    """Return whether the day has passed and it is known what came of it.

    Who met it before a day that is still to come is not counted yet, for who will miss that day cannot be. Who left
    before the day is not counted either way.
    """
    known = pl.col("met") | (pl.col("ended_on") > pl.col("due_on"))
    return (pl.col("due_on") < pl.col("seen_until")) & known


def landmarks(cases: pl.DataFrame, roles: Sequence[str], tiers: Sequence[str]) -> Landmarks:
    """Return cases as the hazard reads them."""
    silent = pl.col("days_since").is_null()
    known = cases.select(
        "share_met",
        "part_done",
        week_share=pl.col("active_7") / pl.col("age_days").clip(1, WEEK),
        month_share=pl.col("active_28") / pl.col("age_days").clip(1, RHYTHM_DAYS),
        silence=pl.col("days_since").fill_null(pl.col("age_days").clip(0, RHYTHM_DAYS) + 1).log(),
        silent=silent.cast(pl.Float64),
        elapsed=((pl.col("on_day") - pl.col("began_on")).dt.total_days()).log1p(),
    )
    levels = [
        (cases[name] == level).fill_null(value=False).cast(pl.Float64).alias(f"{name}:{level}")
        for name, all_of in (("role", roles), ("tier", tiers))
        for level in all_of
    ]
    return Landmarks(
        known=known.select(_KNOWN).hstack(levels).to_numpy().astype(np.float64),
        fading=_FADING,
        left=_days(cases, pl.col("due_on") - pl.col("on_day")) + 1,
        weekday=_days(cases, pl.col("on_day") - pl.lit(_MONDAY)) % WEEK,
    )


def _days(cases: pl.DataFrame, apart: pl.Expr) -> npt.NDArray[np.int64]:
    return cases.select(apart.dt.total_days()).to_series().to_numpy().astype(np.int64)


def _hazard(history: pl.DataFrame, roles: list[str], tiers: list[str]) -> Hazard:
    followed = _days(history, _last_seen() - pl.col("on_day")) + 1
    met = history["met"].to_numpy().astype(np.bool_)
    return fit(landmarks(history, roles, tiers), followed, met, _accounts(history))


def _accounts(cases: pl.DataFrame) -> npt.NDArray[np.int64]:
    """Return the number of each case's account, from 0."""
    return cases["account_id"].rank("dense").to_numpy().astype(np.int64) - 1


def _last_seen() -> pl.Expr:
    """Return the last day on which it was seen whether it was done."""
    day_before = pl.col("ended_on") - pl.duration(days=1)
    return pl.when(pl.col("met")).then("ended_on").otherwise(pl.min_horizontal(day_before, "due_on"))


def _blocks(history: pl.DataFrame, spells: pl.DataFrame, roles: list[str], tiers: list[str]) -> list[Block]:
    """Return, origin after origin, the odds of people who began after it by a model of what was known on it."""
    began = spells["began_on"].sort()
    cuts = [began[min(int(share * len(began)), len(began) - 1)] for share in ORIGINS]
    blocks = []
    for origin, until in zip(cuts, [*cuts[1:], None], strict=True):
        before = as_known_on(history, origin)
        before = before.filter(pl.col("on_day") <= _last_seen())
        told = before.unique("spell").filter(is_over())
        later = pl.lit(value=True) if until is None else pl.col("began_on") < until
        after = history.filter((pl.col("began_on") >= origin) & later & is_over())
        if (
            _too_little(told.height, told["account_id"].n_unique(), int(told["met"].sum()))
            or after.is_empty()
        ):
            continue
        model = OddsModel(
            people=0, accounts=0, met=0, hazard=_hazard(before, roles, tiers), roles=roles, tiers=tiers
        )
        odds = odds_of(model, after)["odds"].to_numpy().astype(np.float64)
        truth = after["met"].to_numpy().astype(np.bool_)
        blocks.append(Block(odds=odds, truth=truth, cluster=_accounts(after)))
    return blocks


def _levels(values: pl.Series) -> list[str]:
    """Return the values that enough people have, but for the commonest: the others differ from it."""
    counted = (
        values.drop_nulls().value_counts(sort=True).sort(["count", values.name], descending=[True, False])
    )
    kept: list[str] = counted.filter(pl.col("count") >= LEAST_OF_LEVEL)[values.name].to_list()
    return sorted(kept[1:])


def _too_little(people: int, accounts: int, met: int) -> str | None:
    """Return what is missing for odds, None when there is enough."""
    if people >= LEAST_PEOPLE and accounts >= LEAST_ACCOUNTS and min(met, people - met) >= LEAST_OF_EACH:
        return None
    return (
        f"{people} people at {accounts} accounts have had their time, {met} met it; odds need {LEAST_PEOPLE} people at "
        f"{LEAST_ACCOUNTS} accounts, {LEAST_OF_EACH} who met it and {LEAST_OF_EACH} who did not"
    )
