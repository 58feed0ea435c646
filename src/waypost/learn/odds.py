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

    `spells` has spell, person_id, account_id, shape, began_on, due_on, whole_days (days of the clock from the one to
    the other), seen_until; the answer adds elapsed_days (1: the morning after the day on which it began, for before
    that day nothing is known). Whose day has passed comes before whose has not. Who is looked at, and when, is settled
    before anything has happened: were a person who is done early looked at as often as one who never is, the odds of
    those still underway would come out too high.
    """
    unit = pl.coalesce("person_id", "account_id")
    order = pl.struct(pl.col("due_on") >= pl.col("seen_until"), -pl.col("began_on").to_physical(), unit)
    latest = order.rank("ordinal").over("shape")
    # Each person's mornings begin at another place, the same one whenever it is asked.
    start = (unit.hash(seed=1) % 1000) / 1000
    looks = pl.min_horizontal("whole_days", pl.lit(per_person))
    each = (
        spells.filter((latest <= most_people) & (pl.col("whole_days") > 0))
        .with_columns(pl.int_ranges(0, looks).alias("look"), looks=looks, start=start)
        .explode("look")
    )
    after = (pl.col("look") + pl.col("start")) * pl.col("whole_days") / pl.col("looks")
    return each.with_columns(elapsed_days=after.floor().cast(pl.Int64) + 1).drop("look", "start", "looks")


def fit_odds(history: pl.DataFrame, *, units: str = "people") -> OddsModel:
    """Return the model of one milestone, of people or (`units`) of accounts.

    `history` has a row per person and morning that was looked at: spell (whole number, one per person and milestone),
    person_id, account_id, on_day (the morning; only what happened before it is known), began_on, due_on, ended_on (the
    day on which it was met, else the first day not seen any more), met, seen_until (the first day of which nothing is
    known of anybody); in days of the clock, which pauses stop: elapsed_days (since began_on), left_days (until the end
    of due_on), followed_days (seen from on_day on, at least 1), and paused (whether the clock stood still while it was
    seen); and what was known: share_met and part_done (shares of the clauses, 0 to 1), active_7 and active_28 (days
    with use of the 7 and 28 days before), days_since (the last use; null: none of those 28 days), age_days (since
    provisioning), role, tier (null: unknown).
    """
    spells = history.unique("spell").filter(is_over())
    met, accounts = int(spells["met"].sum()), spells["account_id"].n_unique()
    model = OddsModel(people=spells.height, accounts=accounts, met=met)
    if why := _too_little(spells.height, accounts, met, units):
        return structs.replace(model, why=why)
    roles, tiers = _levels(spells["role"]), _levels(spells["tier"])
    calibration, losses = choose(_blocks(history, spells, roles, tiers))
    hazard = _hazard(history, roles, tiers)
    return structs.replace(
        model, hazard=hazard, calibration=calibration, losses=losses, roles=roles, tiers=tiers
    )


def odds_of(model: OddsModel, cases: pl.DataFrame) -> pl.DataFrame:
    """Return the odds of each case, in their order: odds, low, high (0 to 1; null without a model).

    `cases` has the columns of history that were known: on_day, elapsed_days, left_days, share_met, … The interval is of
    the odds that people like this one have, not of what will come of this one.
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


def spells_on(spells: pl.DataFrame, day: date) -> pl.DataFrame:
    """Return the spells as they were known on the morning of a day: nothing that happened on it or after."""
    return spells.filter(pl.col("began_on") + pl.duration(days=1) < day).with_columns(
        seen_until=pl.lit(day),
        met=pl.col("met") & (pl.col("ended_on") < day),
        ended_on=pl.min_horizontal("ended_on", pl.lit(day)),
    )


def as_known_on(history: pl.DataFrame, day: date) -> pl.DataFrame:
    """Return history as it was known on the morning of a day.

    Whom a pause came between and whose end came later is left out: how long they had been seen by then is not told.
    """
    cut = (pl.col("ended_on") > day) | (pl.col("met") & (pl.col("ended_on") == day))
    until = pl.min_horizontal((pl.lit(day) - pl.col("on_day")).dt.total_days(), "left_days")
    told = history.filter((pl.col("on_day") < day) & ~(cut & pl.col("paused")))
    return spells_on(
        told.with_columns(followed_days=pl.when(cut).then(until).otherwise("followed_days")), day
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
        elapsed=pl.col("elapsed_days").log1p(),
    )
    levels = [
        (cases[name] == level).fill_null(value=False).cast(pl.Float64).alias(f"{name}:{level}")
        for name, all_of in (("role", roles), ("tier", tiers))
        for level in all_of
    ]
    return Landmarks(
        known=known.select(_KNOWN).hstack(levels).to_numpy().astype(np.float64),
        fading=_FADING,
        left=cases["left_days"].to_numpy().astype(np.int64),
        weekday=cases.select((pl.col("on_day") - pl.lit(_MONDAY)).dt.total_days() % WEEK)
        .to_series()
        .to_numpy()
        .astype(np.int64),
    )


def _hazard(history: pl.DataFrame, roles: list[str], tiers: list[str]) -> Hazard:
    followed = history["followed_days"].to_numpy().astype(np.int64)
    met = history["met"].to_numpy().astype(np.bool_)
    return fit(landmarks(history, roles, tiers), followed, met, _accounts(history))


def _accounts(cases: pl.DataFrame) -> npt.NDArray[np.int64]:
    """Return the number of each case's account, from 0."""
    return cases["account_id"].rank("dense").to_numpy().astype(np.int64) - 1


def _blocks(history: pl.DataFrame, spells: pl.DataFrame, roles: list[str], tiers: list[str]) -> list[Block]:
    """Return, origin after origin, the odds of people who began after it by a model of what was known on it."""
    began = spells["began_on"].sort()
    cuts = [began[min(int(share * len(began)), len(began) - 1)] for share in ORIGINS]
    blocks = []
    for origin, until in zip(cuts, [*cuts[1:], None], strict=True):
        before = as_known_on(history, origin)
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


def _too_little(people: int, accounts: int, met: int, units: str = "people") -> str | None:
    """Return what is missing for odds, None when there is enough."""
    if people >= LEAST_PEOPLE and accounts >= LEAST_ACCOUNTS and min(met, people - met) >= LEAST_OF_EACH:
        return None
    at, needs = (
        (f" at {accounts} accounts", f" at {LEAST_ACCOUNTS} accounts") if units == "people" else ("", "")
    )
    return (
        f"{people} {units}{at} have had their time, {met} met it; odds need {LEAST_PEOPLE} {units}{needs}, "
        f"{LEAST_OF_EACH} who met it and {LEAST_OF_EACH} who did not"
    )
