"""At risk or not: a verdict on odds that does not flicker, and the rule of thumb where there are no odds yet."""

import polars as pl

#: At risk from odds below the first on, until they are above the second.
ENTER_BELOW = 0.4
LEAVE_ABOVE = 0.55
#: The rule of thumb: in the last quarter of a milestone's time, with half of its clauses or more unmet.
RULE_TIME = 0.25
RULE_UNMET = 0.5

CALLED = ["person_id", "account_id", "journey", "milestone"]


def is_at_risk(odds: pl.Expr, before: pl.Expr) -> pl.Expr:
    """Return whether somebody is at risk, from the odds of a day and whether they were at risk the day before.

    Between the two limits it stays as it was; without odds it is unknown (null).
    """
    return (
        pl.when(odds < ENTER_BELOW)
        .then(pl.lit(value=True))
        .when(odds > LEAVE_ABOVE)
        .then(pl.lit(value=False))
        .when(odds.is_not_null())
        .then(before)
    )


def calls(odds: pl.DataFrame, called: pl.DataFrame) -> pl.DataFrame:
    """Return `odds` with at_risk (null without odds), and turns: whether that is another call than the last.

    `odds`: person_id, account_id, journey, milestone, day_0, paused (today), odds; `called` are those last called at
    risk: the first four and called_on. A call from before somebody's present day 0 says nothing of them now, and while
    their clock stands still nothing turns.
    """
    before = pl.col("called_on") >= pl.col("day_0")
    known = odds.join(called, on=CALLED, how="left", nulls_equal=True, maintain_order="left").with_columns(
        before=before.fill_null(value=False)
    )
    stays = pl.col("paused") & pl.col("odds").is_not_null()
    at_risk = pl.when(stays).then("before").otherwise(is_at_risk(pl.col("odds"), pl.col("before")))
    judged = known.with_columns(at_risk=at_risk)
    turns = (pl.col("at_risk") != pl.col("before")).fill_null(value=False)
    return judged.with_columns(turns=turns).drop("called_on", "before")


def alarms(days: pl.DataFrame) -> pl.DataFrame:
    """Return `days` with the column at_risk: `is_at_risk` day after day, nobody being at risk before the first.

    Columns: spell, on_day (a row for each day, in any order), odds (null where there are none).
    """
    clear = (
        pl.when(pl.col("odds") < ENTER_BELOW)
        .then(pl.lit(value=True))
        .when(pl.col("odds") > LEAVE_ABOVE)
        .then(pl.lit(value=False))
    )
    held = clear.forward_fill().over("spell", order_by="on_day").fill_null(value=False)
    return days.with_columns(at_risk=pl.when(pl.col("odds").is_not_null()).then(held))


def rule_at_risk() -> pl.Expr:
    """Return whether the rule of thumb calls somebody at risk: late, and half of what is asked not done.

    Over the columns left_days (of the clock, today included), window_days (of the milestone) and share_met. It is the
    rule by which journeys judge where there are no odds.
    """
    last_days = (pl.col("window_days") * RULE_TIME).round().clip(1)
    return (pl.col("left_days") <= last_days) & (1 - pl.col("share_met") >= RULE_UNMET)
