"""At risk or not: a verdict on odds that does not flicker, and the rule of thumb where there are no odds yet."""

from collections.abc import Callable

import polars as pl

#: At risk from odds below the first on, until they are above the second.
ENTER_BELOW = 0.4
LEAVE_ABOVE = 0.55
#: The rule of thumb: in the last quarter of a milestone's time, with half of its clauses or more unmet.
RULE_TIME = 0.25
RULE_UNMET = 0.5

OddsOn = Callable[[pl.DataFrame], pl.Series]


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


def alarm_now(cases: pl.DataFrame, earlier: OddsOn) -> pl.Series:
    """Return at_risk of each case, as `alarms` would over all of its days, asking for as few of them as it takes.

    `cases` has on_day, began_on and odds; `earlier` returns the odds of such rows on their own on_day, which is then an
    earlier one. Only who is between the limits depends on the days before; twice as many of them are looked at each
    time, for asking costs more than looking.
    """
    known = cases.with_row_index("case").with_columns(verdict=_VERDICT)
    found = [known.filter(pl.col("verdict").is_not_null()).select("case", "verdict")]
    unsure, seen, look = known.filter(pl.col("verdict").is_null() & pl.col("odds").is_not_null()), 0, 1
    while unsure.height:
        back = _days_back(unsure, seen, look)
        judged = back.with_columns(odds=earlier(back)).with_columns(verdict=_VERDICT).drop_nulls("verdict")
        last = judged.sort("on_day").group_by("case").agg(pl.col("verdict").last())
        found.append(last)
        seen, look = seen + look, look * 2
        # The first morning after the day on which it began is the first with odds; before it, nobody is at risk.
        goes_on = pl.col("on_day") - pl.duration(days=seen + 1) > pl.col("began_on")
        unsure = unsure.filter(goes_on).join(last, on="case", how="anti")
    told = known.select("case", "odds").join(pl.concat(found), on="case", how="left", maintain_order="left")
    at_risk = pl.when(pl.col("odds").is_not_null()).then(pl.col("verdict").fill_null(0) == 1)
    return told.select(at_risk=at_risk).to_series()


def _days_back(cases: pl.DataFrame, seen: int, look: int) -> pl.DataFrame:
    """Return each case on the `look` mornings before those already seen, as far as there are any."""
    days = pl.DataFrame({"back": range(seen + 1, seen + look + 1)})
    back = cases.join(days, how="cross").with_columns(on_day=pl.col("on_day") - pl.duration(days="back"))
    return back.filter(pl.col("on_day") > pl.col("began_on")).drop("back")


_VERDICT = pl.when(pl.col("odds") < ENTER_BELOW).then(1).when(pl.col("odds") > LEAVE_ABOVE).then(0)


def rule_at_risk() -> pl.Expr:
    """Return whether the rule of thumb calls somebody at risk: late, and half of what is asked not done.

    Over the columns due_on, on_day, window_days (of the milestone) and share_met. It is the rule by which journeys
    judge where there are no odds.
    """
    last_days = (pl.col("window_days") * RULE_TIME).round().clip(1)
    left = (pl.col("due_on") - pl.col("on_day")).dt.total_days() + 1
    return (left <= last_days) & (1 - pl.col("share_met") >= RULE_UNMET)
