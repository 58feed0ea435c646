"""Late events change what past days said; that is told as a fact, so that nobody wonders at another number."""

from collections.abc import Mapping
from datetime import date, datetime

import msgspec
import polars as pl

from waypost.core import Actor, Event, Kind, day_of, derived_id
from waypost.run.signals import OURS
from waypost.store import Writer, append

#: A past score must differ by so many points to be worth telling.
WORTH_TELLING = 0.5
DAY = ["account_id", "on_day"]
SAME_RULES = (pl.col("version") == pl.col("version_after")) & (
    pl.col("scorecard") == pl.col("scorecard_after")
)


def stored_scores(writer: Writer, begins: Mapping[str, date], today: date) -> pl.DataFrame:
    """Return the scores of past days, each account's from its day on, before they are stated anew."""
    return _scores(writer, {account: day for account, day in begins.items() if day < today}, today)


def tell_restated(writer: Writer, known: pl.DataFrame, newest: int, *, now: datetime, zone: str) -> None:
    """Append a fact per account whose past scores late data has changed; `newest` is the last event stated."""
    if not known.height:
        return
    begins = dict(known.group_by("account_id").agg(pl.col("on_day").min()).iter_rows())
    after = _scores(writer, begins, day_of(now, zone))
    both = known.join(after, on=DAY, suffix="_after").filter(SAME_RULES)
    moved = both.filter((pl.col("score_after") - pl.col("score")).abs() >= WORTH_TELLING).sort("on_day")
    first = moved.group_by("account_id", maintain_order=True).agg(
        pl.col("on_day").first(), pl.len().alias("days"), pl.col("score").last(), pl.col("score_after").last()
    )
    append(writer, [_event(row, newest, now) for row in first.to_dicts()], zone=zone)


def _scores(writer: Writer, begins: dict[str, date], before: date) -> pl.DataFrame:
    scope = pl.DataFrame(
        {"account_id": list(begins), "from_on": list(begins.values())},
        schema={"account_id": pl.String, "from_on": pl.Date},
    )
    return writer.ask("score/stored", {"before": before}, {"scope": scope})


def _event(row: dict[str, object], newest: int, now: datetime) -> Event:
    said = {
        "since_on": str(row["on_day"]),
        "days": row["days"],
        "before": row["score"],
        "score": row["score_after"],
        "reason": "Late data",
    }
    account = str(row["account_id"])
    return Event(
        event_id=derived_id("restated", account, str(newest)),
        source=OURS,
        kind=Kind.SIGNAL,
        name="restated",
        happened_at=now,
        received_at=now,
        account_id=account,
        actor=Actor.SYSTEM,
        properties=msgspec.Raw(msgspec.json.encode(said)),
    )
