"""One question, one code path: `measure(items, cutoffs)` answers for any set of accounts and days."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np
import numpy.typing as npt
import polars as pl

from waypost.measure.catalogue import Catalogue
from waypost.measure.cutoffs import Cutoffs, Days, Rows, days_of, words_of
from waypost.measure.measures import AnyMeasure, known_from
from waypost.store import Scope, Writer, question

Numbers = npt.NDArray[np.float64]
Truths = npt.NDArray[np.bool_]
#: A denominator made of whole items that came and went may miss its bound by the last bits.
LAST_BITS = 1e-9
#: Why an item moves a measure, in the order in which one cause stands for several of the same item on the same day.
CAUSES = pl.Enum(["entered", "faded", "left"])
SIDES = pl.Enum(["n", "d"])
ITEM_COLUMNS = [
    "account_id",
    "input",
    "side",
    "item",
    "value",
    "from_on",
    "until_on",
    "happened_at",
    "person_id",
    "detail",
]


def items(
    writer: Writer,
    measures: Mapping[str, AnyMeasure],
    scope: Scope,
    catalogue: Catalogue,
    *,
    days: tuple[date, date],
) -> pl.DataFrame:
    """Return the dated items of the measures (by input key) that count on any of the days (both included).

    An item counts at the cutoffs from `from_on` until before `until_on`. `side` is n for the numerator and d for the
    denominator, whose items are already scaled; `half_life_days` is null unless the item fades. The inputs are an
    enumeration in the order of `measures`.
    """
    since, last_on = days
    accounts = scope.accounts_frame()
    found = []
    for key, measure in measures.items():
        frames = {"scope": accounts, **measure.frames(catalogue)}
        params = {"since": since, "last_on": last_on, **measure.params()}
        answer = writer.ask(measure.question, _only_used(measure, params), frames)
        found.append(_dated(answer, key, measure))
    return pl.concat(found).with_columns(
        pl.col("input").cast(pl.Enum(list(measures))), pl.col("side").cast(SIDES)
    )


def measure(dated: pl.DataFrame, cutoffs: pl.DataFrame) -> pl.DataFrame:
    """Return numerator and denominator of every input at every cutoff: the columns `<input>.n` and `<input>.d`.

    `dated` is what `items` returns; `cutoffs` has account_id and on_day, by account and day. In both, account_id is the
    same enumeration. sum(items that count) == value, exactly for whole numbers.
    """
    rows = Cutoffs.of(cutoffs)
    every = _Items.of(dated, rows)
    lasting, fading = every.where(np.isnan(every.half_life)), every.where(~np.isnan(every.half_life))
    names = [f"{key}.{side}" for key in words_of(dated["input"]) for side in SIDES.categories]
    begun = rows.summed(lasting.begins, lasting.sum_nr, lasting.value, len(names))
    ended = rows.summed(lasting.ends, lasting.sum_nr, lasting.value, len(names))
    row, nr, age = fading.each_day(rows, fading.begins, fading.ends)
    left = fading.value[nr] * 2.0 ** (-age / fading.half_life[nr])
    whole = np.cumsum(begun - ended, axis=1) + rows.summed(row, fading.sum_nr[nr], left, len(names))
    columns = [pl.Series(name, whole[nr, :-1]) for nr, name in enumerate(names)]
    return cutoffs.select("account_id", "on_day").with_columns(columns)


def changes(dated: pl.DataFrame, cutoffs: pl.DataFrame) -> pl.DataFrame:
    """Return by how much each item changed its input on each of the cutoffs' days, against the day before.

    `dated` and `cutoffs` as for `measure`. Columns: row (of the cutoffs), input (its number), item (a number, the same
    for the same item), side, cause (entered, faded, left), delta, nr (which row of `dated`).
    """
    rows = Cutoffs.of(cutoffs)
    every = _Items.of(dated, rows)
    lasts, everything = np.isnan(every.half_life), np.arange(len(every.value))
    came = everything[rows.holds(every.begins, every.place, every.from_day)]
    went = everything[lasts & rows.holds(every.ends, every.place, every.until_day)]
    fading = every.where(~lasts)
    morrow = rows.reach(fading.place, fading.from_day + 1)
    row, nr, age = fading.each_day(rows, morrow, rows.reach(fading.place, fading.until_day + 1))
    now = np.where(rows.day[row] < fading.until_day[nr], 2.0 ** (-age / fading.half_life[nr]), 0.0)
    lost = fading.value[nr] * (now - 2.0 ** (-(age - 1) / fading.half_life[nr]))
    found = [
        (every.begins[came], every.nr[came], every.value[came], 0),
        (row, fading.nr[nr], lost, 1),
        (every.ends[went], every.nr[went], -every.value[went], 2),
    ]
    which = np.concatenate([each[1] for each in found])
    cause = np.concatenate([np.full(len(each[0]), each[3], dtype=np.uint32) for each in found])
    said = dated.select(pl.col("input").to_physical().cast(pl.Int64), pl.col("item").hash(), "side")[which]
    return said.with_columns(
        pl.Series("row", np.concatenate([each[0] for each in found])),
        pl.Series("cause", cause).cat.to(CAUSES),
        pl.Series("delta", np.concatenate([each[2] for each in found])),
        pl.Series("nr", which),
    )


def measured_at(
    writer: Writer,
    measures: Mapping[str, AnyMeasure],
    account_id: str,
    catalogue: Catalogue,
    *,
    days: tuple[date, date],
) -> list[dict[str, dict[str, float | None]]]:
    """Return n, d and value (None: unknown) of every measure of one account at the end of two days, by key."""
    if not measures:
        return [{}, {}]
    ids = pl.Enum([account_id])
    cutoffs = pl.DataFrame({"account_id": account_id, "on_day": days}, schema_overrides={"account_id": ids})
    dated = items(writer, measures, Scope(accounts=frozenset((account_id,))), catalogue, days=days)
    found = measure(dated.with_columns(pl.col("account_id").cast(ids)), cutoffs)
    return [{key: _state(row, key, each) for key, each in measures.items()} for row in found.to_dicts()]


def _state(row: Mapping[str, float], key: str, measure: AnyMeasure) -> dict[str, float | None]:
    n, d = row[f"{key}.n"], row[f"{key}.d"]
    known = d >= known_from(measure) * measure.scale - LAST_BITS
    return {"n": n, "d": d, "value": n / d if known else None}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Items:
    """Dated items as columns, with the rows of the cutoffs from which and before which each counts."""

    nr: Rows
    place: Rows
    #: Which sum it is part of: the two sides of each input are numbered through.
    sum_nr: Rows
    value: Numbers
    half_life: Numbers
    from_day: Days
    until_day: Days
    begins: Rows
    ends: Rows

    @classmethod
    def of(cls, dated: pl.DataFrame, rows: Cutoffs) -> "_Items":
        """Return the items of the accounts that are asked about."""
        place = rows.places(dated["account_id"])
        nr = np.flatnonzero(place >= 0)
        place = place[nr]
        from_day, until_day = (days_of(dated[name])[nr] for name in ("from_on", "until_on"))
        return cls(
            nr=nr,
            place=place,
            sum_nr=(dated["input"].to_physical().cast(pl.Int64) * 2 + dated["side"].to_physical()).to_numpy()[
                nr
            ],
            value=dated["value"].to_numpy()[nr],
            half_life=dated["half_life_days"].fill_null(float("nan")).to_numpy()[nr],
            from_day=from_day,
            until_day=until_day,
            begins=rows.reach(place, from_day),
            ends=rows.reach(place, until_day),
        )

    def where(self, chosen: Truths) -> "_Items":
        """Return some of the items."""
        return _Items(**{name: getattr(self, name)[chosen] for name in self.__slots__})

    def each_day(self, rows: Cutoffs, first: Rows, last: Rows) -> tuple[Rows, Rows, Days]:
        """Return every row from `first` until before `last` of each item, the item, and its age in days there."""
        counts = np.maximum(last - first, 0)
        nr = np.repeat(np.arange(len(counts)), counts)
        row = np.arange(len(nr)) - np.repeat(np.cumsum(counts) - counts, counts) + first[nr]
        return row, nr, rows.day[row] - self.from_day[nr]


def _dated(answer: pl.DataFrame, key: str, measure: AnyMeasure) -> pl.DataFrame:
    half_life = measure.half_life_days
    until = pl.col("until_on")
    if half_life is not None:
        end = pl.col("from_on") + pl.duration(days=measure.days_back())
        until = pl.when(pl.col("side") == "n").then(end).otherwise(until)
    fades = pl.when(pl.col("side") == "n").then(pl.lit(half_life, dtype=pl.Float64)).otherwise(None)
    scaled = pl.when(pl.col("side") == "d").then(pl.col("value") * measure.scale).otherwise(pl.col("value"))
    return answer.with_columns(
        pl.lit(key).alias("input"), until.alias("until_on"), fades.alias("half_life_days"), scaled.alias("value"),
    ).select(*ITEM_COLUMNS, "half_life_days")  # fmt: skip


def _only_used(measure: AnyMeasure, params: dict[str, object]) -> dict[str, object]:
    """Leave out what the question does not name; DuckDB refuses a parameter that it was not asked for."""
    text = question(measure.question)
    return {name: value for name, value in params.items() if f"${name}" in text}
