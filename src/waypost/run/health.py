"""Health of accounts: measures at day ends, scored, with the ledger of every change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from waypost.measure import changes, items, measure
from waypost.run.everywhere import silent_days
from waypost.run.rulebook import InForce, Rulebook, known_of, measures_of
from waypost.score import Scorecard, ledger, parts, scores
from waypost.store import Scope, Writer

ONE_DAY = timedelta(days=1)
DAY = ["account_id", "on_day"]
#: Days of accounts judged at a time; a day of an account takes some two kilobytes while it is.
DAYS_AT_ONCE = 150_000


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """What one version of a scorecard says of its days, and of the day before the first."""

    scored: pl.DataFrame
    added: pl.DataFrame
    moved: pl.DataFrame
    first_on: date

    @property
    def own_days(self) -> pl.DataFrame:
        """The scores of the days on which the version was in force."""
        return self.scored.filter(pl.col("on_day") >= self.first_on)


def restate_health(writer: Writer, begins: Mapping[str, date], rules: Rulebook, *, today: date) -> None:
    """Score these accounts anew, each from its day (`begins`) through today, and write their ledger."""
    if not begins:
        return
    asked = _asked(begins)
    stale = silent_days(writer, today)
    for some in _portions(_born(writer, asked), asked, today):
        _restate(writer, some, rules, (stale, today))


def _restate(writer: Writer, asked: pl.DataFrame, rules: Rulebook, about: tuple[pl.DataFrame, date]) -> None:
    """Score and explain a portion of the accounts: account_id, from_on, and born_on (null: without a first day)."""
    scope = asked.filter(pl.col("born_on").is_not_null()).with_columns(
        pl.max_horizontal("from_on", "born_on").alias("from_on")
    )
    judged = [each for era in rules.scorecard_eras() if (each := _judge(writer, scope, era, rules, about))]
    # An account that has lost facts may begin later than it did: what was said of it is cleared from the day asked for.
    frames = {"scope": asked.select("account_id", "from_on")}
    before = _same_ids(writer.ask("score/last_known", frames=frames), asked)
    writer.run("score/clear", frames=frames)
    writer.run("score/clear_ledger", frames=frames)
    if not judged:
        return
    kept = [_from_begin(each.own_days, scope) for each in judged]
    writer.run("score/keep", frames={"fresh": pl.concat(kept)})
    chain = _chain(pl.concat(kept), before)
    for each in judged:
        due = chain.join(each.own_days.select(DAY), on=DAY)
        rebased = each.scored.select(
            "account_id", (pl.col("on_day") + ONE_DAY).alias("on_day"), rebased="score"
        )
        told = due.join(rebased, on=DAY, how="left")
        writer.run("score/keep_ledger", frames={"fresh": ledger(each.added, each.moved, told)})


def _asked(begins: Mapping[str, date]) -> pl.DataFrame:
    """Return account_id and from_on, the day asked for."""
    return pl.DataFrame(
        {"account_id": list(begins), "from_on": list(begins.values())},
        schema={"account_id": pl.String, "from_on": pl.Date},
    )


def _born(writer: Writer, asked: pl.DataFrame) -> pl.DataFrame:
    """Return the first day of each account that has one: account_id, born_on."""
    return writer.ask("score/births", frames={"scope": asked.select("account_id")})


def _portions(born: pl.DataFrame, asked: pl.DataFrame, today: date) -> list[pl.DataFrame]:
    """Cut the accounts into portions of so many days to judge that each fits into memory.

    Their ids are numbers inside (an enumeration in the order of the names): joins and windows over texts take longer.
    """
    known = asked.join(born, on="account_id", how="left").sort("account_id")
    days = (pl.lit(today) - pl.max_horizontal("from_on", "born_on")).dt.total_days().clip(0) + 2
    nr = pl.when(pl.col("born_on").is_not_null()).then(days).otherwise(0).cum_sum() // DAYS_AT_ONCE
    portions = known.with_columns(nr.alias("portion")).partition_by("portion", include_key=False)
    return [some.with_columns(pl.col("account_id").cast(pl.Enum(some["account_id"]))) for some in portions]


def _same_ids(answer: pl.DataFrame, like: pl.DataFrame) -> pl.DataFrame:
    return answer.with_columns(pl.col("account_id").cast(like.schema["account_id"]))


def _judge(
    writer: Writer,
    scope: pl.DataFrame,
    era: InForce[Scorecard],
    rules: Rulebook,
    about: tuple[pl.DataFrame, date],
) -> _Judged | None:
    """Judge the days on which this version was the one in force, and the day before them."""
    stale, today = about
    first, last = max(era.from_on, _earliest(scope)), min(era.until_on - ONE_DAY, today)
    if first > last:
        return None
    cutoffs = _cutoffs(scope, first - ONE_DAY, last)
    if not cutoffs.height:
        return None
    measures = measures_of(era.rule)
    accounts = Scope(accounts=frozenset(cutoffs["account_id"].unique().to_list()))
    dated = items(writer, measures, accounts, rules.catalogue, days=(first - ONE_DAY, last))
    dated = _same_ids(dated, scope).with_columns(pl.col("input").cast(pl.Enum(sorted(measures))))
    added = parts(era.rule, measure(dated, list(measures), cutoffs), known_of(measures))
    scored = scores(era.rule, era.version, added, stale)
    return _Judged(scored=scored, added=added, moved=changes(dated, cutoffs), first_on=first)


def _cutoffs(scope: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    """Return every day of every account from the day before its first to judge."""
    begin = pl.max_horizontal(pl.col("from_on") - ONE_DAY, pl.col("born_on"), pl.lit(first))
    spans = scope.with_columns(begin.alias("begin"), pl.lit(last).alias("end"))
    spans = spans.filter(pl.col("begin") <= pl.col("end"))
    days = spans.with_columns(pl.date_ranges("begin", "end").alias("on_day")).explode("on_day")
    return days.select("account_id", "on_day")


def _from_begin(scored: pl.DataFrame, scope: pl.DataFrame) -> pl.DataFrame:
    """Leave out the day before, which was judged only to be compared with."""
    begun = scored.join(scope.select("account_id", "from_on"), on="account_id")
    return begun.filter(pl.col("on_day") >= pl.col("from_on")).drop("from_on")


def _chain(kept: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """Put the last known score before each day beside it, its day, and whether the same rules made it."""
    columns = [*DAY, "score", "scorecard", "version"]
    every = pl.concat(
        [
            kept.select(*columns, pl.lit(value=True).alias("fresh")),
            earlier.select(*columns, pl.lit(value=False).alias("fresh")),
        ]
    )
    known = pl.when(pl.col("score").is_not_null())

    def last(value: str | pl.Expr) -> pl.Expr:
        return known.then(value).forward_fill().shift(1).over("account_id")

    rules = pl.struct("scorecard", "version")
    chained = every.sort("account_id", "on_day").with_columns(
        last("score").alias("before"),
        last("on_day").alias("before_on"),
        (last(rules) == rules).alias("same_rules"),
    )
    return chained.filter(pl.col("fresh"))


def _earliest(scope: pl.DataFrame) -> date:
    """Return the first day to judge of any account; without accounts there is none."""
    earliest = scope["from_on"].min()
    return earliest if isinstance(earliest, date) else date.max
