"""A company whose truth is known: the lively stay, users of a driver stay more, and decoys only follow liveliness."""

import numpy as np
import polars as pl
from scipy import special

DRIVERS = ("driver_a", "driver_b")
DECOYS = ("decoy_a", "decoy_b", "decoy_c", "decoy_d")
EFFECT = 1.1


def company(
    people: int, *, accounts: int = 80, by_day: int = 30, seed: int = 1, effect: float = EFFECT
) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Return people, when they had reached what, and their active days, as `matters` reads them."""
    chance = np.random.default_rng(seed)
    account = chance.integers(0, accounts, people)
    lively = chance.normal(0, 0.9, people) + chance.normal(0, 0.5, accounts)[account]
    active = chance.random((people, by_day)) < special.expit(-0.8 + lively)[:, None]
    active[:, 0] = True
    reached = []
    score = -0.3 + 0.9 * lively
    for feature in (*DRIVERS, *DECOYS):
        uses = active & (chance.random((people, by_day)) < 0.07)
        counted = np.cumsum(uses, axis=1)
        if feature in DRIVERS:
            score = score + effect * (counted[:, -1] > 0)
        for at_least in (1, 3):
            ever = counted[:, -1] >= at_least
            who = np.flatnonzero(ever)
            day = (counted[ever] >= at_least).argmax(axis=1)
            reached.append(
                pl.DataFrame({"person": who, "day": day}).with_columns(
                    feature=pl.lit(feature), at_least=pl.lit(at_least)
                )
            )
    stayed = chance.random(people) < special.expit(score)
    who, day = np.nonzero(active)
    told = pl.DataFrame(
        {
            "person": np.arange(people),
            "account_id": [f"a{nr:03}" for nr in account],
            "role": np.where(chance.random(people) < 0.5, "analyst", "manager"),
            "tier": np.where(account % 3 == 0, "enterprise", "self_serve"),
            "month": np.where(chance.random(people) < 0.5, "2026-03", "2026-04"),
            "stayed": stayed,
        }
    )
    return told, pl.concat(reached), pl.DataFrame({"person": who, "day": day})
