"""Days of which use is still to come: a source was late, so that few uses prove nothing of a customer."""

from datetime import date, timedelta

import polars as pl

from waypost.measure.usage_values import Asks

#: A source is missed on a day when so many events came on the same weekday on average, over so many weeks before.
USUAL_EVENTS, USUAL_WEEKS = 20, 8
#: One that has sent nothing for so long has ended and is not late.
ENDED_DAYS = 14
DAYS = 7


def late_days(asked: Asks, first_on: date, last_on: date) -> frozenset[date]:
    """Return the days between two (both inclusive, and over) on which a source that usually sends sent nothing."""
    since = first_on - timedelta(days=DAYS * USUAL_WEEKS)
    found = asked.ask("measure/source_days", {"first_on": since, "last_on": last_on})
    return missed(found, since, first_on, last_on)


def missed(counts: pl.DataFrame, since: date, first_on: date, last_on: date) -> frozenset[date]:
    """Return the days from first_on to last_on that a source missed; `counts` (source, day, n) begin with `since`."""
    if not counts.height or last_on < since:
        return frozenset()
    days = pl.DataFrame({"day": pl.date_range(since, last_on, eager=True)})
    every = counts.select("source").unique().join(days, how="cross")
    daily = every.join(counts, on=["source", "day"], how="left").sort("source", "day")
    n = pl.col("n").fill_null(0)
    usual = [n.shift(DAYS * weeks, fill_value=0).over("source") for weeks in range(1, USUAL_WEEKS + 1)]
    lately = [n.shift(back, fill_value=0).over("source") for back in range(1, ENDED_DAYS + 1)]
    sends = pl.sum_horizontal(usual) >= USUAL_EVENTS * USUAL_WEEKS
    late = daily.filter((n == 0) & sends & (pl.sum_horizontal(lately) > 0) & (pl.col("day") >= first_on))
    return frozenset(late["day"].to_list())
