"""Health of accounts: measures at day ends, scored, with the ledger of every change."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import polars as pl

from waypost.measure import changes, items, measure
from waypost.run.rulebook import InForce, Rulebook, known_of, measures_of
from waypost.score import Scorecard, ledger, parts, scores
from waypost.store import Scope, Writer

ONE_DAY = timedelta(days=1)
#: Days without usage from anybody after which the source, not the customers, is taken to be silent.
SILENT_DAYS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """What one version of a scorecard says of its days, and of the day before the first."""

    scored: pl.DataFrame
    added: pl.DataFrame
    moved: pl.DataFrame
    first_on: date


def restate_health(writer: Writer, begins: Mapping[str, date], rules: Rulebook, *, today: date) -> None:
    """Score these accounts anew, each from its day (`begins`) through today, and write their ledger."""
    if not begins:
        return
    scope = _begins(writer, begins)
    stale = _stale_days(writer, scope, today)
    judged = [
        each for rule in rules.scorecards if (each := _judge(writer, scope, rule, rules, (stale, today)))
    ]
    frames = {"scope": scope}
    before = writer.ask("score/last_known", frames=frames)
    writer.run("score/clear", frames=frames)
    writer.run("score/clear_ledger", frames=frames)
    if not judged:
        return
    kept = [_from_begin(each.scored.filter(pl.col("on_day") >= each.first_on), scope) for each in judged]
    writer.run("score/keep", frames={"fresh": pl.concat(kept)})
    chain = _chain(pl.concat(kept), before)
    for each in judged:
        due = chain.join(
            each.scored.select("account_id", "on_day", "version"), on=["account_id", "on_day", "version"]
        )
        rebased = each.scored.select(
            "account_id", (pl.col("on_day") + ONE_DAY).alias("on_day"), rebased="score"
        )
        told = due.join(rebased, on=["account_id", "on_day"], how="left")
        writer.run("score/keep_ledger", frames={"fresh": ledger(each.added, each.moved, told)})


def _begins(writer: Writer, begins: Mapping[str, date]) -> pl.DataFrame:
    """Return account_id and from_on: the day asked for, or the account's first day when that is later."""
    asked = pl.DataFrame(
        {"account_id": list(begins), "asked_on": list(begins.values())},
        schema={"account_id": pl.String, "asked_on": pl.Date},
    )
    born = writer.ask("score/births", frames={"scope": asked.select("account_id")})
    # An account that has lost its last fact keeps a row, so that its old scores are cleared away.
    known = asked.join(born, on="account_id", how="left")
    return known.select("account_id", pl.max_horizontal("asked_on", "born_on").alias("from_on"), "born_on")


def _judge(
    writer: Writer,
    scope: pl.DataFrame,
    rule: InForce[Scorecard],
    rules: Rulebook,
    about: tuple[pl.DataFrame, date],
) -> _Judged | None:
    """Judge the days on which this version was the one in force, and the day before them."""
    stale, today = about
    first, last = max(rule.from_on, _earliest(scope)), min(rule.until_on - ONE_DAY, today)
    chosen = rules.scorecard_on(last)
    if first > last or chosen is not rule:
        return None
    cutoffs = _cutoffs(scope, first - ONE_DAY, last)
    if not cutoffs.height:
        return None
    measures = measures_of(rule.rule)
    accounts = Scope(accounts=frozenset(cutoffs["account_id"].unique().to_list()))
    dated = items(writer, measures, accounts, rules.catalogue, days=(first - ONE_DAY, last))
    added = parts(rule.rule, measure(dated, list(measures), cutoffs), known_of(measures))
    scored = scores(rule.rule, rule.version, added, stale)
    return _Judged(scored=scored, added=added, moved=changes(dated, cutoffs), first_on=first)


def _cutoffs(scope: pl.DataFrame, first: date, last: date) -> pl.DataFrame:
    """Return every day of every account from the day before its first to judge."""
    begin = pl.max_horizontal(pl.col("from_on") - ONE_DAY, pl.col("born_on"), pl.lit(first))
    spans = scope.filter(pl.col("born_on").is_not_null()).with_columns(
        begin.alias("begin"), pl.lit(last).alias("end")
    )
    spans = spans.filter(pl.col("begin") <= pl.col("end"))
    days = spans.with_columns(pl.date_ranges("begin", "end").alias("on_day")).explode("on_day")
    return days.select("account_id", "on_day")


def _from_begin(scored: pl.DataFrame, scope: pl.DataFrame) -> pl.DataFrame:
    """Leave out the day before, which was judged only to be compared with."""
    begun = scored.join(scope.select("account_id", "from_on"), on="account_id")
    return begun.filter(pl.col("on_day") >= pl.col("from_on")).drop("from_on")


def _chain(kept: pl.DataFrame, earlier: pl.DataFrame) -> pl.DataFrame:
    """Put the last known score before each day beside it, and the day of that score."""
    columns = ["account_id", "on_day", "score"]
    every = pl.concat(
        [kept.select(*columns, "version"), earlier.select(columns).with_columns(version=pl.lit(-1, pl.Int64))]
    )
    known_on = pl.when(pl.col("score").is_not_null()).then("on_day")
    chained = every.sort("account_id", "on_day").with_columns(
        pl.col("score").forward_fill().shift(1).over("account_id").alias("before"),
        known_on.forward_fill().shift(1).over("account_id").alias("before_on"),
    )
    return chained.filter(pl.col("version") >= 0)


def _stale_days(writer: Writer, scope: pl.DataFrame, today: date) -> pl.DataFrame:
    """Return the days on which no usage had come for longer than a long weekend, with the words for it."""
    used = writer.ask("score/usage_days").rename({"day": "used_on"})
    if not used.height:
        return pl.DataFrame(schema={"on_day": pl.Date, "why": pl.String})
    first = max(_earliest(scope) - ONE_DAY, used["used_on"][0])
    days = pl.DataFrame({"on_day": pl.date_range(first, today, eager=True)})
    last = days.join_asof(used, left_on="on_day", right_on="used_on", strategy="backward", coalesce=False)
    silent = last.filter((pl.col("on_day") - pl.col("used_on")).dt.total_days() > SILENT_DAYS)
    why = pl.format("No usage has come from any source since {}", pl.col("used_on").dt.strftime("%-d %B"))
    return silent.select("on_day", why.alias("why"))


def _earliest(scope: pl.DataFrame) -> date:
    """Return the first day that any account asks for; an account without a fact has none."""
    earliest = scope["from_on"].min()
    return earliest if isinstance(earliest, date) else date.max
