"""The verdict: where a person stands on a journey on a day. Pure columns, no I/O, no clock."""

from datetime import timedelta
from enum import StrEnum

import msgspec
import polars as pl

from waypost.journey.plan import Clause, ClauseKind, Journey, Milestone, clause_key

# The last quarter of a milestone's time: whoever still misses half of its clauses then is at risk. A rule of thumb,
# used until there is history to learn odds from.
LATE_SHARE = 0.25


class Standing(StrEnum):
    """Where a person is on a journey."""

    NOT_STARTED = "not_started"
    ON_PATH = "on_path"
    AT_RISK = "at_risk"
    STRAYED = "strayed"
    RETURNED = "returned"
    SUSTAINED = "sustained"
    LAPSED = "lapsed"


#: Standings of people who are off their path.
STRAYS = (Standing.STRAYED, Standing.LAPSED)
#: Standings of people who are on it.
ON_THE_PATH = (Standing.ON_PATH, Standing.AT_RISK, Standing.RETURNED, Standing.SUSTAINED)

Rule = tuple[pl.Expr, Standing, Milestone]

PERSON = ["person_id", "account_id", "provisioned_on"]
PLACE = [*PERSON, "from_on"]
_NOTHING_REACHED = pl.DataFrame(
    schema={
        "person_id": pl.String,
        "account_id": pl.String,
        "journey": pl.String,
        "milestone": pl.String,
        "met_on": pl.Date,
        "late": pl.Boolean,
    }
)
KEYS = ["person_id", "account_id"]
VERDICT = ["standing", "milestone", "missing", "due_on"]


def standings(journey: Journey, version: int, places: pl.DataFrame, flips: pl.DataFrame) -> pl.DataFrame:
    """Return the dated standings of everybody on one version of a journey.

    `places`: person_id, account_id, provisioned_on, from_on, until_on (exclusive; null is open), first_used_on (null:
    never), today (the last day to judge). `flips`: person_id, account_id, clause, on_day, holds: the days on which a
    clause began or ceased to hold. The answer has the columns of the table `standings`, one row per stretch of days
    with the same standing, milestone and missing clauses; the last stretch is open (until_on null) while it lasts.
    """
    # One lazy plan: for the few people of a round, starting each step costs more than the step.
    moments = _turning_days(journey, places.lazy(), flips.lazy(), places.columns)
    known = _with_clauses(journey, moments, flips.lazy())
    judged = _judged(known, _rules(journey))
    # Planning would cost more than it saves: every step is needed, and in this order.
    return _stretches(judged, journey, version).collect(optimizations=pl.QueryOptFlags.none())


def reached(journey: Journey, places: pl.DataFrame, flips: pl.DataFrame) -> pl.DataFrame:
    """Return the day on which each person first had every clause of each fixed milestone.

    `places` and `flips` as for `standings`. Columns: person_id, account_id, journey, milestone, met_on, late (after
    the milestone's day). Milestones not met yet have no row.
    """
    first = flips.filter(pl.col("holds")).group_by(*KEYS, "clause").agg(pl.col("on_day").min())
    people = places.group_by(KEYS).agg(pl.col("provisioned_on").min())
    found = []
    for milestone in journey.fixed:
        keys = [clause_key(milestone, nr) for nr, _ in enumerate(milestone.clauses)]
        mine = first.filter(pl.col("clause").is_in(keys)).group_by(KEYS)
        met = mine.agg(pl.col("on_day").max().alias("met_on"), pl.len().alias("met"))
        due_on = pl.col("provisioned_on") + timedelta(days=milestone.by_day or 0)
        complete = met.filter(pl.col("met") == len(keys)).join(people, on=KEYS)
        found.append(
            complete.select(
                *KEYS,
                pl.lit(journey.key).alias("journey"),
                pl.lit(milestone.key).alias("milestone"),
                "met_on",
                (pl.col("met_on") > due_on).alias("late"),
            )
        )
    return pl.concat(found) if found else _NOTHING_REACHED


def _turning_days(
    journey: Journey, places: pl.LazyFrame, flips: pl.LazyFrame, columns: list[str]
) -> pl.LazyFrame:
    """Return every day on which a standing can change: first and last days, deadlines, and days of flips."""
    start = pl.col("provisioned_on")
    deadlines = [pl.col("from_on"), pl.col("first_used_on")]
    previous = 0
    for milestone in journey.fixed:
        due = milestone.by_day or 0
        deadlines += [start + timedelta(days=due + 1), start + timedelta(days=_late_day(previous, due))]
        previous = due
    if journey.sustained is not None:
        deadlines.append(start + timedelta(days=_grace_ends(journey)))
    dated = places.with_columns(pl.concat_list(deadlines).alias("on_day")).explode("on_day")
    flipped = places.join(flips.select(*KEYS, "on_day").unique(), on=KEYS)
    days = pl.concat([dated.select(*columns, "on_day"), flipped.select(*columns, "on_day")]).unique()
    begun = (pl.col("on_day") >= pl.min_horizontal("provisioned_on", "from_on")) & (
        pl.col("on_day") <= pl.col("today")
    )
    open_or_before = pl.col("until_on").is_null() | (pl.col("on_day") < pl.col("until_on"))
    return days.filter(begun & open_or_before).sort("on_day")


def _with_clauses(journey: Journey, moments: pl.LazyFrame, flips: pl.LazyFrame) -> pl.LazyFrame:
    """Add per clause the day it was first met, whether it holds, and since when it has been as it is."""
    frame = moments
    for milestone in journey.milestones:
        for nr, _ in enumerate(milestone.clauses):
            key = clause_key(milestone, nr)
            mine = flips.filter(pl.col("clause") == key).select(*KEYS, "on_day", "holds").sort("on_day")
            if milestone.rolling_days is None:
                first = (
                    mine.filter(pl.col("holds")).group_by(KEYS).agg(pl.col("on_day").min().alias(_met(key)))
                )
                frame = frame.join(first, on=KEYS, how="left")
            now = mine.rename({"holds": _holds(key)}).with_columns(pl.col("on_day").alias(_since(key)))
            frame = frame.sort("on_day").join_asof(
                now, on="on_day", by=KEYS, strategy="backward", check_sortedness=False
            )
            frame = frame.with_columns(pl.col(_holds(key)).fill_null(value=False))
    return frame


def _rules(journey: Journey) -> list[Rule]:
    """Return what decides where a person stands: the first rule whose condition fits."""
    age = (pl.col("on_day") - pl.col("provisioned_on")).dt.total_days()
    rules: list[Rule] = []
    for milestone in journey.fixed:
        missed = (age > (milestone.by_day or 0)) & ~_is_met(milestone)
        rules.append((missed, Standing.STRAYED, milestone))
    previous, late_before = 0, pl.lit(value=False)
    for milestone in journey.fixed:
        due = milestone.by_day or 0
        inside = age <= due
        unmet = ~_is_met(milestone)
        late = (age >= _late_day(previous, due)) & unmet & (_share_unmet(milestone) >= 0.5)  # noqa: PLR2004 -- half
        idle = pl.col("first_used_on").is_null() | (pl.col("first_used_on") > pl.col("on_day"))
        rules.append((inside & late, Standing.AT_RISK, milestone))
        rules.append((inside & idle, Standing.NOT_STARTED, milestone))
        rules.append((inside & late_before & unmet, Standing.RETURNED, milestone))
        rules.append((inside, Standing.ON_PATH, milestone))
        late_before = _was_late(milestone)
        previous = due
    return rules + _sustained_rules(journey, age, late_before)


def _sustained_rules(journey: Journey, age: pl.Expr, late_before: pl.Expr) -> list[Rule]:
    final = journey.sustained
    if final is None:
        last = journey.milestones[-1]
        done = pl.lit(value=True)
        return [(late_before, Standing.RETURNED, last), (done, Standing.SUSTAINED, last)]
    holds = pl.all_horizontal([pl.col(_holds(clause_key(final, nr))) for nr, _ in enumerate(final.clauses)])
    # A person who once sustained and no longer does has lapsed; one who never did is given the first window. The
    # clauses may well hold in the first weeks: that is the path, and not yet sustained use.
    past = age > max((each.by_day or 0 for each in journey.fixed), default=-1)
    sustained = pl.all_horizontal([holds, past, *[_is_met(each) for each in journey.fixed]])
    held_before = sustained.cast(pl.Int8).cum_max().over(PLACE, order_by="on_day") == 1
    waiting = age < _grace_ends(journey)
    return [
        (holds, Standing.SUSTAINED, final),
        (held_before, Standing.LAPSED, final),
        (waiting & late_before, Standing.RETURNED, final),
        (waiting, Standing.ON_PATH, final),
        (pl.lit(value=True), Standing.STRAYED, final),
    ]


def _judged(known: pl.LazyFrame, rules: list[Rule]) -> pl.LazyFrame:
    """Add standing, milestone, due day and missing clauses; the conditions are asked once, for the rule that fits."""
    number = pl.lit(None, dtype=pl.Int32)
    missing = pl.lit(None, dtype=pl.String)
    for nr, (condition, _, _) in reversed(list(enumerate(rules))):
        number = pl.when(condition).then(pl.lit(nr, dtype=pl.Int32)).otherwise(number)
    for at in {at.key: at for _, _, at in rules}.values():
        missing = pl.when(pl.col("milestone") == at.key).then(_missing(at)).otherwise(missing)
    table = pl.LazyFrame(
        {
            "rule": list(range(len(rules))),
            "standing": [str(verdict) for _, verdict, _ in rules],
            "milestone": [at.key for _, _, at in rules],
            "by_day": [at.by_day for _, _, at in rules],
        },
        schema={"rule": pl.Int32, "standing": pl.String, "milestone": pl.String, "by_day": pl.Int32},
    )
    decided = known.with_columns(number.alias("rule")).join(table, on="rule", how="left")
    due_on = pl.col("provisioned_on") + pl.duration(days="by_day")
    return decided.with_columns(due_on.alias("due_on"), missing.alias("missing"))


def _missing(milestone: Milestone) -> pl.Expr:
    """Return the clauses of a milestone that do not hold, as a JSON list."""
    unmet = [
        pl.when(~_clause_is_met(milestone, nr)).then(pl.lit(_told(clause_key(milestone, nr), clause)))
        for nr, clause in enumerate(milestone.clauses)
    ]
    return pl.format("[{}]", pl.concat_str(unmet, separator=",", ignore_nulls=True))


def _told(key: str, clause: Clause) -> str:
    told = {"clause": key, "says": clause.says, "missed": clause.when_missed, "needed": clause.threshold}
    return msgspec.json.encode(told).decode()


def _clause_is_met(milestone: Milestone, nr: int) -> pl.Expr:
    key = clause_key(milestone, nr)
    if milestone.rolling_days is not None:
        return pl.col(_holds(key))
    if milestone.clauses[nr].kind is ClauseKind.SETTING:
        # A setting switched off again is not set, even if it once was.
        return pl.col(_holds(key))
    return (pl.col(_met(key)) <= pl.col("on_day")).fill_null(value=False)


def _is_met(milestone: Milestone) -> pl.Expr:
    return pl.all_horizontal([_clause_is_met(milestone, nr) for nr, _ in enumerate(milestone.clauses)])


def _was_late(milestone: Milestone) -> pl.Expr:
    """Return whether the milestone, which is met, was met only after its day."""
    met_on = pl.max_horizontal([_met_on(milestone, nr) for nr, _ in enumerate(milestone.clauses)])
    return (met_on > pl.col("provisioned_on") + timedelta(days=milestone.by_day or 0)).fill_null(value=False)


def _met_on(milestone: Milestone, nr: int) -> pl.Expr:
    key = clause_key(milestone, nr)
    # Whoever set it in time and switched it off after the day has strayed, and returns by setting it again.
    setting = milestone.clauses[nr].kind is ClauseKind.SETTING
    return pl.col(_since(key) if setting else _met(key))


def _share_unmet(milestone: Milestone) -> pl.Expr:
    unmet = [~_clause_is_met(milestone, nr) for nr, _ in enumerate(milestone.clauses)]
    return pl.sum_horizontal([each.cast(pl.Float64) for each in unmet]) / len(unmet)


def _stretches(judged: pl.LazyFrame, journey: Journey, version: int) -> pl.LazyFrame:
    """Join days with the same verdict into stretches, each until the next begins or the place ends."""
    # Days before the place began were judged only to know what had been met by then.
    ordered = judged.filter(pl.col("on_day") >= pl.col("from_on")).sort(*PLACE, "on_day")
    # Neighbouring rows are compared as they lie: over a sorted frame that is many times faster than place by place.
    goes_on = pl.all_horizontal([pl.col(name) == pl.col(name).shift(1) for name in PLACE]).fill_null(
        value=False
    )
    differs = pl.any_horizontal([pl.col(name).ne_missing(pl.col(name).shift(1)) for name in VERDICT])
    changed = ordered.filter(~goes_on | differs)
    is_followed = pl.all_horizontal([pl.col(name) == pl.col(name).shift(-1) for name in PLACE])
    following = pl.when(is_followed.fill_null(value=False)).then(pl.col("on_day").shift(-1))
    return changed.with_columns(until=pl.coalesce(following, "until_on")).select(
        *KEYS,
        pl.lit(journey.key).alias("journey"),
        pl.lit(version, dtype=pl.Int64).alias("version"),
        pl.col("on_day").alias("since_on"),
        pl.when(pl.col("until") <= pl.col("today")).then("until").alias("until_on"),
        "standing",
        "milestone",
        "due_on",
        "missing",
    )


def _late_day(previous: int, due: int) -> int:
    """Return the day on which the last quarter of a milestone's time begins."""
    return due - max(1, round((due - previous) * LATE_SHARE)) + 1


def _grace_ends(journey: Journey) -> int:
    last = max((each.by_day or 0 for each in journey.fixed), default=0)
    return last + (journey.sustained.rolling_days or 0 if journey.sustained else 0) + 1


def _met(key: str) -> str:
    return f"met:{key}"


def _holds(key: str) -> str:
    return f"holds:{key}"


def _since(key: str) -> str:
    return f"since:{key}"
