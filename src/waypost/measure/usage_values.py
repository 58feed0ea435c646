"""One question, one code path: usage measures of any people, accounts or segments, at any cutoffs."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Protocol, Self

import msgspec
import polars as pl

from waypost.measure.catalogue import Catalogue
from waypost.measure.usage_measures import MeasureLevel, UsageMeasure
from waypost.store import Frames, Params, question

BEGINNING = date(1900, 1, 1)
KEYS = ["subject_id", "on_day"]
VALUES = {
    "subject_id": pl.String,
    "on_day": pl.Date,
    "measure": pl.String,
    "actor": pl.String,
    "value": pl.Float64,
    "items": pl.Int64,
    "why": pl.String,
}
ABOUT = ["happened_at", "person_id", "account_id", "feature", "detail"]
ITEMS = ["subject_id", "on_day", "measure", "actor", "item", "value", *ABOUT]
NOT_YET = "it was not known yet on that day"


class Asks(Protocol):
    """Whatever answers questions: the warehouse, or a writer inside a transaction."""

    def ask(self, name: str, params: Params | None = None, frames: Frames | None = None) -> pl.DataFrame:
        """Return the answer to the question `name`."""


class Subjects(msgspec.Struct, frozen=True, kw_only=True):
    """Of whom measures are asked: whose use counts for which subject.

    `belong` has the columns subject_id and member: a person when `by_person`, else an account.
    """

    level: MeasureLevel
    belong: pl.DataFrame
    by_person: bool = False

    @classmethod
    def people(cls, people: Iterable[str]) -> Self:
        """Return people, each measured over all accounts."""
        belong = _belonging((each, each) for each in people)
        return cls(level=MeasureLevel.PERSON, belong=belong, by_person=True)

    @classmethod
    def accounts(cls, accounts: Iterable[str]) -> Self:
        """Return accounts."""
        return cls(level=MeasureLevel.ACCOUNT, belong=_belonging((each, each) for each in accounts))

    @classmethod
    def segments(cls, members: Mapping[str, Iterable[str]]) -> Self:
        """Return segments with the accounts that belong to them today; earlier belonging is not known."""
        pairs = ((segment, account) for segment, accounts in members.items() for account in accounts)
        return cls(level=MeasureLevel.SEGMENT, belong=_belonging(pairs))

    @classmethod
    def segment_of_people(cls, segment: str, people: Iterable[str]) -> Self:
        """Return a segment that is made of people, who are measured over all accounts."""
        belong = _belonging((segment, each) for each in people)
        return cls(level=MeasureLevel.SEGMENT, belong=belong, by_person=True)

    def at(self, cutoffs: Sequence[date]) -> dict[str, pl.DataFrame]:
        """Return the frames that questions read: everybody at every cutoff."""
        days = pl.DataFrame({"on_day": list(cutoffs)}, schema={"on_day": pl.Date})
        return self.whose(self.belong.join(days, how="cross"))

    def whose(self, members: pl.DataFrame) -> dict[str, pl.DataFrame]:
        """Return rows with a `member` as the two frames that questions read: of accounts, and of people."""
        none = members.clear()
        return {
            "of_accounts": (none if self.by_person else members).rename({"member": "account_id"}),
            "of_people": (members if self.by_person else none).rename({"member": "person_id"}),
        }


def usage_values(
    asked: Asks,
    measures: Sequence[UsageMeasure],
    subjects: Subjects,
    cutoffs: Sequence[date],
    catalogue: Catalogue,
    feature: str | None = None,
) -> pl.DataFrame:
    """Return the value of every measure for every subject, cutoff and actor, with the columns of `VALUES`.

    `feature` is for the measures of one feature. `value` is null exactly when `why` says why there is none. Only what
    happened by the end of a cutoff's day counts. sum(items) == value for what `usage_items` returns.
    """
    if not measures:
        return pl.DataFrame(schema=VALUES)
    frames = subjects.at(cutoffs)
    about = (cutoffs, catalogue, feature)
    keys = {measure.key for measure in measures}
    told = {
        measure.key: _asked(asked, measure, frames, about, itemised=False).select(
            *KEYS, "actor", "side", "value", "items"
        )
        for measure in measures
        if measure.counted_by not in keys
    }
    totals = [
        (told[each.key] if each.key in told else _counted(told[each.counted_by or ""])).with_columns(
            measure=pl.lit(each.key)
        )
        for each in measures
    ]
    return valued(measures, pl.concat(totals), grid_of(asked, subjects, cutoffs))


def usage_items(
    asked: Asks,
    measure: UsageMeasure,
    subjects: Subjects,
    cutoffs: Sequence[date],
    catalogue: Catalogue,
    feature: str | None = None,
) -> pl.DataFrame:
    """Return the items of a measure with the columns of `ITEMS`: what each is, and its part of the value."""
    frames = subjects.at(cutoffs)
    rows = _asked(asked, measure, frames, (cutoffs, catalogue, feature), itemised=True)
    actors = pl.DataFrame({"acting": list(measure.actors)})
    items = rows.filter(pl.col("side") == "n").with_columns(pl.lit(measure.key).alias("measure"))
    items = _spread(items, actors)
    if measure.over is not None:
        whole = _spread(rows.filter(pl.col("side") == "d"), actors)
        under = whole.group_by(*KEYS, "actor").agg(pl.col("value").sum().alias("under"))
        items = items.join(under, on=[*KEYS, "actor"]).with_columns(
            pl.col("value") * measure.scale / pl.col("under")
        )
    # The largest part first; of equal parts the latest.
    order = [*KEYS, "actor", "value", "happened_at", "item"]
    down = [False, False, True, True, True, False]
    return items.select(ITEMS).sort(order, descending=down, nulls_last=True)


def _counted(ratio: pl.DataFrame) -> pl.DataFrame:
    """Return the denominator of a ratio as the number that it is."""
    return ratio.filter(side="d").with_columns(side=pl.lit("n"))


def grid_of(asked: Asks, subjects: Subjects, cutoffs: Sequence[date]) -> pl.DataFrame:
    """Return every subject at every cutoff with a day from which on it is known: subject_id, on_day, known_on.

    That is the first one, unless any before all cutoffs will do.
    """
    days = pl.DataFrame({"on_day": list(cutoffs)}, schema={"on_day": pl.Date})
    known = asked.ask(
        "measure/usage_known", {"by_day": min(cutoffs, default=None)}, subjects.whose(subjects.belong)
    )
    whole = subjects.belong.select("subject_id").unique(maintain_order=True).join(days, how="cross")
    return whole.join(known, on="subject_id", how="left")


def valued(measures: Sequence[UsageMeasure], totals: pl.DataFrame, grid: pl.DataFrame) -> pl.DataFrame:
    """Return totals as values with their reason, one row per measure, subject, cutoff and actor.

    `totals` has subject_id, on_day, measure, actor (null: whoever acts), side, value and items.
    """
    keys = [*KEYS, "measure", "actor"]
    upper = totals.filter(pl.col("side") == "n").select(
        *KEYS, "measure", pl.col("actor").fill_null("all"), pl.col("value").alias("n"), "items"
    )
    lower = totals.filter(pl.col("side") == "d").select(*KEYS, "measure", "actor", "value")
    theirs = lower.drop_nulls("actor").rename({"value": "d"})
    anybody_s = lower.filter(pl.col("actor").is_null()).drop("actor").rename({"value": "d_of_all"})
    n, d = pl.col("n").fill_null(0.0), pl.coalesce("d", "d_of_all")
    begun = pl.col("known_on").is_not_null() & (pl.col("known_on") <= pl.col("on_day"))
    value = (
        pl.when(~begun)
        .then(None)
        .when(pl.col("ratio"))
        .then(pl.when(d > 0).then(n * pl.col("scale") / d))
        .otherwise(pl.when(pl.col("n").is_not_null() | ~pl.col("needs")).then(n))
    )
    why = pl.when(begun).then(pl.col("unknown")).otherwise(pl.lit(NOT_YET))
    return (
        grid.join(_about(measures), how="cross")
        .join(upper, on=keys, how="left")
        .join(theirs, on=keys, how="left")
        .join(anybody_s, on=[*KEYS, "measure"], how="left")
        .with_columns(value.alias("value"), pl.col("items").fill_null(0))
        .with_columns(pl.when(pl.col("value").is_null()).then(why).alias("why"))
        .select([pl.col(name).cast(kind) for name, kind in VALUES.items()])
    )


def _about(measures: Sequence[UsageMeasure]) -> pl.DataFrame:
    """Return what a value needs to know of each measure, one row per actor."""
    schema = {
        "measure": pl.String,
        "actor": pl.String,
        "ratio": pl.Boolean,
        "needs": pl.Boolean,
        "scale": pl.Float64,
        "unknown": pl.String,
    }
    rows = [
        (each.key, actor, each.over is not None, each.unknown is not None, each.scale, each.unknown)
        for each in measures
        for actor in each.actors
    ]
    return pl.DataFrame(rows, schema=schema, orient="row")


def _asked(
    asked: Asks,
    measure: UsageMeasure,
    frames: Mapping[str, pl.DataFrame],
    about: tuple[Sequence[date], Catalogue, str | None],
    *,
    itemised: bool,
) -> pl.DataFrame:
    cutoffs, catalogue, feature = about
    back = measure.looks_back()
    first_on = BEGINNING if back is None else min(cutoffs) - timedelta(days=back - 1)
    params: dict[str, Any] = {
        **measure.params(),
        "feature": feature,
        "first_on": first_on,
        "last_on": max(cutoffs),
        "itemised": itemised,
    }
    text = question(measure.question)
    # DuckDB refuses a parameter that it was not asked for.
    named = {name: value for name, value in params.items() if f"${name}" in text}
    ours = {"features": catalogue.feature_frame(), "wanted": catalogue.wanted()}
    return asked.ask(measure.question, named, {**frames, **ours})


def _spread(rows: pl.DataFrame, actors: pl.DataFrame) -> pl.DataFrame:
    """Return rows for the measure's actors; what no actor is named for stands for each of them."""
    fits = pl.col("actor").is_null() | (pl.col("actor") == pl.col("acting"))
    return rows.join(actors, how="cross").filter(fits).with_columns(pl.col("acting").alias("actor"))


def _belonging(pairs: Iterable[tuple[str, str]]) -> pl.DataFrame:
    return pl.DataFrame(list(pairs), schema={"subject_id": pl.String, "member": pl.String}, orient="row")
