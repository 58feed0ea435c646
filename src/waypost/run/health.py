"""Health of accounts: measures at day ends, scored, with the ledger of every change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from waypost.measure import changes, items, measure
from waypost.run.everywhere import silent_days
from waypost.run.rulebook import ALWAYS, InForce, Rulebook, known_of, measures_of
from waypost.score import Parts, Scorecard, ledger, parts, scores
from waypost.store import Scope, Writer

ONE_DAY = timedelta(days=1)
DAY = ["account_id", "on_day"]
#: The columns of an answer to `score/last_known`.
KNOWN = {
    "account_id": pl.String,
    "on_day": pl.Date,
    "score": pl.Float64,
    "scorecard": pl.String,
    "version": pl.Int64,
}
#: Days of accounts judged at a time; a day of an account takes some kilobyte while it is.
DAYS_AT_ONCE = 600_000


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What every portion of the accounts is judged by; `anew` when no score of any of them is stored."""

    rules: Rulebook
    today: date
    stale: pl.DataFrame
    anew: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """What one version of a scorecard says of its days, and (where `own` is false) of the day before them."""

    scored: pl.DataFrame
    own: pl.Series
    added: Parts
    moved: pl.DataFrame
    dated: pl.DataFrame


def restate_health(writer: Writer, begins: Mapping[str, date], rules: Rulebook, *, today: date) -> None:
    """Score these accounts anew, each from its day (`begins`) through today, and write their ledger."""
    if not begins:
        return
    asked = _asked(begins)
    about = About(
        rules=rules, today=today, stale=silent_days(writer, today), anew=_is_anew(writer, begins, asked)
    )
    for some in _portions(
        writer.ask("score/births", frames={"scope": asked.select("account_id")}), asked, today
    ):
        _restate(writer, some, about)


def _restate(writer: Writer, asked: pl.DataFrame, about: About) -> None:
    """Score and explain a portion of the accounts: account_id, from_on, and born_on (null: without a first day)."""
    scope = asked.filter(pl.col("born_on").is_not_null()).with_columns(
        pl.max_horizontal("from_on", "born_on").alias("from_on")
    )
    judged = [each for era in about.rules.scorecard_eras() if (each := _judge(writer, scope, era, about))]
    # An account that has lost facts may begin later than it did: what was said of it is cleared from the day asked for.
    before = _forget(writer, asked, about)
    for each, chain in zip(judged, _chains(judged, before), strict=True):
        writer.run("score/keep", frames={"fresh": each.scored.filter(each.own)})
        told = ledger(each.added, each.moved, each.dated, chain)
        writer.run("score/keep_ledger", frames={"fresh": told})


def _is_anew(writer: Writer, begins: Mapping[str, date], asked: pl.DataFrame) -> bool:
    """Return whether nothing of these accounts is stored to forget; only where all history is stated can that be."""
    if ALWAYS not in begins.values():
        return False
    return writer.ask("score/unscored", frames={"scope": asked.select("account_id")}).height == asked.height


def _asked(begins: Mapping[str, date]) -> pl.DataFrame:
    """Return account_id and from_on, the day asked for."""
    return pl.DataFrame(
        {"account_id": list(begins), "from_on": list(begins.values())},
        schema={"account_id": pl.String, "from_on": pl.Date},
    )


def _portions(born: pl.DataFrame, asked: pl.DataFrame, today: date) -> list[pl.DataFrame]:
    """Cut the accounts into portions of so many days to judge that each fits into memory.

    Their ids are numbers inside (an enumeration in the order of the names): joins and windows over texts take longer.
    """
    known = asked.join(born, on="account_id", how="left").sort("account_id")
    days = (pl.lit(today) - pl.max_horizontal("from_on", "born_on")).dt.total_days().clip(0) + 2
    nr = pl.when(pl.col("born_on").is_not_null()).then(days).otherwise(0).cum_sum() // DAYS_AT_ONCE
    portions = known.with_columns(nr.alias("portion")).partition_by("portion", include_key=False)
    return [some.with_columns(pl.col("account_id").cast(pl.Enum(some["account_id"]))) for some in portions]


def _judge(writer: Writer, scope: pl.DataFrame, era: InForce[Scorecard], about: About) -> _Judged | None:
    """Judge the days on which this version was the one in force, and the day before them."""
    first, last = max(era.from_on, _earliest(scope)), min(era.until_on - ONE_DAY, about.today)
    if first > last:
        return None
    cutoffs = _cutoffs(scope, first, last)
    if not cutoffs.height:
        return None
    measures = measures_of(era.rule)
    accounts = Scope(accounts=frozenset(cutoffs["account_id"].unique().to_list()))
    dated = items(writer, measures, accounts, about.rules.catalogue, days=(first - ONE_DAY, last))
    dated = _same_ids(dated, scope)
    known = known_of(measures)
    added = parts(era.rule, measure(dated, cutoffs), known)
    return _Judged(
        scored=scores(era.rule, era.version, added, known, about.stale),
        own=cutoffs["own"],
        added=added,
        moved=changes(dated, cutoffs),
        dated=dated,
    )


def _cutoffs(scope: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    """Return every day of every account, by both, from the day before its first to judge: that one is not its own."""
    begin = pl.max_horizontal(pl.col("from_on") - ONE_DAY, pl.col("born_on"), pl.lit(first - ONE_DAY))
    spans = scope.with_columns(begin.alias("begin"), pl.lit(last).alias("end"))
    spans = spans.filter(pl.col("begin") <= pl.col("end"))
    days = spans.with_columns(pl.date_ranges("begin", "end").alias("on_day")).explode("on_day")
    return days.select(*DAY, own=pl.col("on_day") >= pl.max_horizontal("from_on", pl.lit(first)))


def _forget(writer: Writer, asked: pl.DataFrame, about: About) -> pl.DataFrame:
    """Forget the scores and the ledger of some accounts, each from its day on; return the last known score before."""
    frames = {"scope": asked.select("account_id", "from_on")}
    if about.anew:
        return pl.DataFrame(schema=KNOWN).with_columns(pl.col("account_id").cast(asked.schema["account_id"]))
    before = _same_ids(writer.ask("score/last_known", frames=frames), asked)
    writer.run("score/clear", frames=frames)
    writer.run("score/clear_ledger", frames=frames)
    return before


def _chains(judged: list[_Judged], earlier: pl.DataFrame) -> list[pl.DataFrame]:
    """Put the last known score before each day beside it, its day, whether the same rules made it, and the day's row.

    `rebased` is what the same version says of the day before. There is one answer for each version.
    """
    columns = [*DAY, "score", "scorecard", "version"]
    every = [earlier.select(*columns, row=None, rebased=None, nr=-1)]
    for nr, each in enumerate(judged):
        numbered = each.scored.select(*columns, row=pl.int_range(pl.len()))
        same = pl.col("account_id") == pl.col("account_id").shift(1)
        rebased = pl.when(same).then(pl.col("score").shift(1))
        every.append(
            numbered.with_columns(rebased=rebased, nr=pl.lit(nr)).filter(each.own).select(every[0].columns)
        )
    together = pl.concat(every, how="vertical_relaxed").sort(DAY)
    rules = pl.struct("scorecard", "version")

    def last(value: str | pl.Expr) -> pl.Expr:
        known = pl.when(pl.col("score").is_not_null()).then(value)
        return known.forward_fill().shift(1).over("account_id")

    chained = together.with_columns(
        before=last("score"), before_on=last("on_day"), same_rules=last(rules) == rules
    )
    wanted = ["row", "score", "before", "before_on", "same_rules", "rebased"]
    return [chained.filter(nr=nr).select(wanted) for nr in range(len(judged))]


def _same_ids(answer: pl.DataFrame, like: pl.DataFrame) -> pl.DataFrame:
    return answer.with_columns(pl.col("account_id").cast(like.schema["account_id"]))


def _earliest(scope: pl.DataFrame) -> date:
    """Return the first day to judge of any account; without accounts there is none."""
    earliest = scope["from_on"].min()
    return earliest if isinstance(earliest, date) else date.max
