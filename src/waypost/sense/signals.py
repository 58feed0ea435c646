"""A signal is a dated notice of a change, raised once: what is true now against what has been told."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import msgspec
import polars as pl

from waypost.core import derived_id
from waypost.journey import Standing
from waypost.learn import said_of
from waypost.score import Band, Scorecard

#: Standings worth a signal when a person comes to them.
TOLD_STANDINGS = (
    Standing.STRAYED,
    Standing.AT_RISK,
    Standing.RETURNED,
    Standing.LAPSED,
    Standing.SUSTAINED,
)
#: Days within which the same notice about the same person and milestone is not given again.
QUIET_DAYS = 7
RULES = ["scorecard", "version"]
#: What moves a score without being an input of it.
CAUSES = {"rules": "Rules of the score", "late": "Late data", "resumed": "Score came back"}
#: By what somebody is called at risk: odds with their interval and whose they are; null by the rule of thumb.
JUDGED_BY = ("odds", "low", "high", "people")
ABOUT = ["name", "person_id", "account_id", "journey", "milestone"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One notice. `since_on` is the day of the change; `reason` says in words what lies behind it."""

    signal_id: str
    name: str
    account_id: str
    since_on: date
    reason: str
    person_id: str | None = None
    journey: str | None = None
    milestone: str | None = None
    told: dict[str, Any] = field(default_factory=dict)


def of_people(current: pl.DataFrame, told: pl.DataFrame, *, since: date) -> list[Signal]:
    """Return the notices due about people's standings.

    `current`: person_id, account_id, journey, standing, milestone, since_on, missing, where each stands now and since
    when, whatever clauses were met meanwhile and but for whom new rules put there; odds, low, high and people by which
    somebody was called at risk (null: by the rule of thumb); `told`: name, person_id, account_id, journey, milestone,
    happened_on, what was told before. Changes before `since` are history, not news. The same notice is not given twice
    within a week, so a standing that flickers is told once.
    """
    news = current.filter(
        pl.col("standing").is_in([str(each) for each in TOLD_STANDINGS]) & (pl.col("since_on") >= since)
    ).rename({"standing": "name"})
    last = told.group_by(ABOUT).agg(pl.col("happened_on").max().alias("told_on"))
    fresh = news.join(last, on=ABOUT, how="left", nulls_equal=True).filter(
        pl.col("told_on").is_null() | (pl.col("since_on") > pl.col("told_on") + timedelta(days=QUIET_DAYS))
    )
    return [_about_person(row) for row in fresh.sort("since_on", "person_id", "account_id").to_dicts()]


def of_milestones(reached: pl.DataFrame, told: pl.DataFrame, *, since: date) -> list[Signal]:
    """Return a notice for every milestone first met since a day and not told of.

    `reached`: person_id, account_id, journey, milestone, met_on, late (after its day).
    """
    news = reached.filter(pl.col("met_on") >= since).with_columns(pl.lit("milestone_reached").alias("name"))
    fresh = news.join(told.select(ABOUT).unique(), on=ABOUT, how="anti", nulls_equal=True)
    return [
        Signal(
            signal_id=derived_id("signal", *(str(row[column]) for column in ABOUT)),
            name="milestone_reached",
            person_id=row["person_id"],
            account_id=row["account_id"],
            journey=row["journey"],
            milestone=row["milestone"],
            since_on=row["met_on"],
            reason="Reached late" if row["late"] else "Reached in time",
        )
        for row in fresh.sort("met_on", "person_id", "account_id").to_dicts()
    ]


def of_accounts(
    card: Scorecard,
    scored: pl.DataFrame,
    weighed: pl.DataFrame,
    told: pl.DataFrame,
    *,
    days: tuple[date, date],
) -> list[Signal]:
    """Return the notices due about accounts' scores: another band, or a fall.

    `scored`: account_id, on_day, score, band, scorecard, version over the days looked at, which should reach back as
    far as bands are remembered; `weighed`: account_id, moved_by, points, what moved each score lately (an input, or
    the cause that is none); `days` are the first day that is news and today. A band is compared with the one last told
    of, else with the one in which the account stood on the first day of the news; always under the same rules, for new
    rules are not news of a customer. A score must be `hysteresis_points` past a band's edge to leave the band, however
    slowly it gets there.
    """
    since, today = days
    now = scored.filter((pl.col("on_day") == today) & pl.col("score").is_not_null())
    same = (
        scored.filter(pl.col("score").is_not_null())
        .join(now.select("account_id", *RULES), on=["account_id", *RULES], how="semi")
        .sort("account_id", "on_day")
    )
    why = _reasons(card, weighed)
    state = now.join(_stood(card, same, since), on="account_id")
    return [*_bands(card, state, told, why), *_falls(card, now, same, told, why, today)]


def _about_person(row: dict[str, Any]) -> Signal:
    missing = msgspec.json.decode(row["missing"])
    day = row["since_on"].isoformat()
    by = _judged_by(row) if row["name"] == Standing.AT_RISK else {}
    judged = [by["judged_by"]] if by else []
    return Signal(
        signal_id=derived_id("signal", *(str(row[column]) for column in ABOUT), day),
        name=row["name"],
        person_id=row["person_id"],
        account_id=row["account_id"],
        journey=row["journey"],
        milestone=row["milestone"],
        since_on=row["since_on"],
        reason="; ".join([*(each["missed"] for each in missing), *judged]),
        told={"missing": [each["clause"] for each in missing], **by},
    )


def _judged_by(row: dict[str, Any]) -> dict[str, Any]:
    by = {key: row[key] for key in JUDGED_BY}
    return {**by, "judged_by": said_of(**by, of="people" if row["person_id"] else "accounts")}


def _stood(card: Scorecard, same: pl.DataFrame, since: date) -> pl.DataFrame:
    """Return in which band each account stood on a day, and with what score: it leaves a band only past its edge.

    `same` are known scores under the same rules, in order. An account that came later stood where it began.
    """

    def above(edge: float) -> pl.Expr:
        far = (pl.col("score") - edge).abs() >= card.hysteresis_points
        beyond = pl.when(far).then(pl.col("score") >= edge).forward_fill().over("account_id")
        began = pl.col("score").first().over("account_id") >= edge
        return pl.coalesce(beyond, began)

    watch = pl.when(above(card.bands.watch)).then(pl.lit(Band.WATCH.value))
    steady = pl.when(above(card.bands.steady)).then(pl.lit(Band.STEADY.value))
    first = pl.col("on_day").first().over("account_id")
    stood = same.with_columns(
        steady.otherwise(watch.otherwise(pl.lit(Band.AT_RISK.value))).alias("stood"), first.alias("first_on")
    )
    by_then = stood.filter((pl.col("on_day") <= since) | (pl.col("on_day") == pl.col("first_on")))
    last = by_then.group_by("account_id", maintain_order=True).last()
    return last.select("account_id", "first_on", "stood", before="score")


def _bands(card: Scorecard, state: pl.DataFrame, told: pl.DataFrame, why: dict[str, str]) -> list[Signal]:
    last = (
        told.filter((pl.col("name") == "band_changed") & pl.col("band").is_not_null())
        .sort("happened_on")
        .group_by("account_id", maintain_order=True)
        .last()
        .select("account_id", told_band="band", told_on="happened_on")
    )
    known = state.join(last, on="account_id", how="left")
    reference = pl.when(pl.col("told_on") >= pl.col("first_on")).then("told_band").otherwise("stood")
    moved = known.with_columns(reference.alias("was")).filter(pl.col("band") != pl.col("was"))
    return [
        _band_signal(row, why)
        for row in moved.sort("account_id").to_dicts()
        if _past_edge(card, row["score"], row["was"])
    ]


def _past_edge(card: Scorecard, score: float, was: str) -> bool:
    """Return whether a score has left its former band by more than the hysteresis."""
    for nudged in (score - card.hysteresis_points, score + card.hysteresis_points):
        if card.bands.of(nudged).value == was:
            return False
    return True


def _band_signal(row: dict[str, Any], why: dict[str, str]) -> Signal:
    account, day = row["account_id"], row["on_day"]
    return Signal(
        signal_id=derived_id("signal", "band_changed", account, row["was"], row["band"], day.isoformat()),
        name="band_changed",
        account_id=account,
        since_on=day,
        reason=why.get(account, ""),
        told={"band": row["band"], "from_band": row["was"], "score": row["score"], "before": row["before"]},
    )


def _falls(
    card: Scorecard,
    now: pl.DataFrame,
    same: pl.DataFrame,
    told: pl.DataFrame,
    why: dict[str, str],
    today: date,
) -> list[Signal]:
    begin = today - timedelta(days=card.fell.in_days)
    recent = same.filter(pl.col("on_day") >= begin)
    lately = told.filter((pl.col("name") == "score_fell") & (pl.col("happened_on") > begin))
    fell = (
        now.join(recent.group_by("account_id").agg(pl.col("score").max().alias("before")), on="account_id")
        .filter(pl.col("score") <= pl.col("before") - card.fell.points)
        .join(lately, on="account_id", how="anti")
    )
    return [
        Signal(
            signal_id=derived_id("signal", "score_fell", row["account_id"], today.isoformat()),
            name="score_fell",
            account_id=row["account_id"],
            since_on=today,
            reason=why.get(row["account_id"], ""),
            told={"score": row["score"], "before": row["before"]},
        )
        for row in fell.sort("account_id").to_dicts()
    ]


def _reasons(card: Scorecard, weighed: pl.DataFrame) -> dict[str, str]:
    """Return, per account, the two inputs that moved its score most, in words."""
    names = {**CAUSES, **{each.key: each.name for each in card.inputs}}
    ranked = weighed.filter(pl.col("points").abs() >= 1).sort(pl.col("points").abs(), descending=True)
    found: dict[str, list[str]] = {}
    for row in ranked.to_dicts():
        sign = "+" if row["points"] > 0 else "−"
        said = f"{names.get(row['moved_by'], row['moved_by'])} {sign}{abs(round(row['points']))}"
        found.setdefault(row["account_id"], []).append(said)
    return {account: ", ".join(said[:2]) for account, said in found.items()}
