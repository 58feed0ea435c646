"""What one event can change for every account: an outage of the sources, and the first ticket ever."""

from dataclasses import dataclass
from datetime import date
from typing import Self

import polars as pl

from waypost.store import Writer, differing

#: Days without usage from anybody after which the source, not the customers, is taken to be silent.
SILENT_DAYS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Everywhere:
    """What is the same for all accounts: the days of silence, and the day from which tickets are known."""

    silent: pl.DataFrame
    first_ticket_on: date | None

    @classmethod
    def of(cls, writer: Writer, today: date, *, up_to: int) -> Self:
        """Ask how it is stated now, with the events up to an arrival."""
        first = writer.ask("measure/first_ticket", {"up_to": up_to}).item()
        return cls(silent=silent_days(writer, today), first_ticket_on=first)

    def first_difference(self, other: "Everywhere") -> date | None:
        """Return the first day on which the two differ, None when they are the same."""
        days = set(differing(self.silent, other.silent)["on_day"].to_list())
        if self.first_ticket_on != other.first_ticket_on:
            days |= {day for day in (self.first_ticket_on, other.first_ticket_on) if day is not None}
        return min(days, default=None)


def silent_days(writer: Writer, today: date) -> pl.DataFrame:
    """Return the days on which no usage had come for longer than a long weekend, with the words for it."""
    used = writer.ask("score/usage_days").rename({"day": "used_on"}).filter(pl.col("used_on") <= today)
    if not used.height:
        return pl.DataFrame(schema={"on_day": pl.Date, "why": pl.String})
    days = pl.DataFrame({"on_day": pl.date_range(used["used_on"][0], today, eager=True)})
    last = days.join_asof(used, left_on="on_day", right_on="used_on", strategy="backward", coalesce=False)
    silent = last.filter((pl.col("on_day") - pl.col("used_on")).dt.total_days() > SILENT_DAYS)
    why = pl.format("No usage has come from any source since {}", pl.col("used_on").dt.strftime("%-d %B"))
    return silent.select("on_day", why.alias("why"))
