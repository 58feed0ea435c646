"""The verdict: where a person stands on a journey on a day. Pure columns, no I/O, no clock."""

from dataclasses import dataclass
from enum import StrEnum

import msgspec
import numpy as np
import polars as pl

from waypost.journey.calls import CALLS, Foretold, foretold
from waypost.journey.clock import RUNNING, Clock
from waypost.journey.plan import Clause, Journey, Milestone
from waypost.journey.progress import (
    NEVER,
    Days,
    Flips,
    Moments,
    Places,
    Progress,
    Stays,
    Truths,
    days_of,
    moment_keys,
    reached_on,
)

# The last quarter of a milestone's time: whoever still misses half of its clauses then is at risk. A rule of thumb,
# used where there is not enough history to learn odds from.
LATE_SHARE = 0.25
HALF = 0.5
#: Later than any day that is judged, for places without an end.
LAST_DAY = np.int32(2**21)


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

Rule = tuple[Truths, Standing, Milestone]
#: Nothing was said by odds: the rule of thumb judges.
NO_CALLS = pl.DataFrame(schema=CALLS)

STANDINGS = {
    "person_id": pl.String,
    "account_id": pl.String,
    "journey": pl.String,
    "version": pl.Int64,
    "since_on": pl.Date,
    "until_on": pl.Date,
    "standing": pl.String,
    "milestone": pl.String,
    "due_on": pl.Date,
    "missing": pl.String,
}
REACHED = {
    "person_id": pl.String,
    "account_id": pl.String,
    "journey": pl.String,
    "milestone": pl.String,
    "met_on": pl.Date,
    "late": pl.Boolean,
}


def standings(
    journey: Journey,
    version: int,
    places: pl.DataFrame,
    flips: pl.DataFrame,
    clock: Clock = RUNNING,
    calls: pl.DataFrame = NO_CALLS,
) -> pl.DataFrame:
    """Return the dated standings of everybody on one version of a journey.

    `places`: stay (a number, the same for all stretches of a person at an account since one day 0), person_id,
    account_id, provisioned_on, from_on, until_on (exclusive; null is open), first_used_on (null: never), today (the
    last day to judge). `flips`: stay, clause (the number of the leaf in `journey.leaves()`), on_day, holds: the clock
    days on which a clause began or ceased to hold. `clock` knows the pauses of the stays; `calls`, what odds said of
    them and when (see `foretold`). The answer has the columns of the table `standings`, one row per stretch of days
    with the same standing, milestone and missing clauses; the last stretch is open (until_on null) while it lasts.
    """
    clocked = clock.clocked(places)
    stays, stay = _stays(clocked)
    numbers = places["stay"].unique().sort()
    flipped, said = Flips.by_clause(flips, journey, numbers), foretold(calls, numbers, clock)
    begins = days_of(clocked["from_on"])
    # Who came and went within one pause stood somewhere too.
    spells = _Spells(stay=stay, begins=begins, ends=np.maximum(days_of(clocked["until_on"]), begins + 1))
    told = [each for foreseen in said.values() for each in foreseen.turning_days()]
    moments = Moments.of(stays, [*_turning_days(journey, stays, flipped, spells), *told])
    verdicts = _verdicts(journey, stays, moments, Progress(journey, moments, flipped, len(stays)), said)
    kept = _stretches(moments, verdicts, spells)
    found = _told(journey, version, places[kept.place], verdicts, kept)
    return _dated(found, clock, clocked[kept.place]["provisioned_on"], kept)


def reached(
    journey: Journey, places: pl.DataFrame, flips: pl.DataFrame, clock: Clock = RUNNING
) -> pl.DataFrame:
    """Return the day on which each person first had every needed clause of each fixed milestone.

    `places`, `flips` and `clock` as for `standings`, with one place per stay. Columns: person_id, account_id, journey,
    milestone, met_on, late (after the milestone's day). Milestones not met yet have no row.
    """
    one = places.unique("stay", maintain_order=True).sort("stay")
    provisioned, today = days_of(clock.clocked(one)["provisioned_on"]), days_of(one["today"])
    stays = one["stay"].to_numpy()
    found = [pl.DataFrame(schema=REACHED)]
    first = reached_on(journey, Flips.by_clause(flips, journey, one["stay"]), one.height)
    for milestone in journey.fixed:
        met_on = clock.calendar_days(stays, first[milestone.key])
        who = np.flatnonzero(met_on <= today)
        late = first[milestone.key] > provisioned + (milestone.by_day or 0)
        found.append(
            one[who].select(
                "person_id",
                "account_id",
                pl.lit(journey.key).alias("journey"),
                pl.lit(milestone.key).alias("milestone"),
                pl.Series("met_on", met_on[who]).cast(pl.Date),
                pl.Series("late", late[who]),
            )
        )
    return pl.concat(found)


def deadlines(journey: Journey) -> list[int]:
    """Return how many clock days after access was given a standing can change though nothing else happens."""
    found, previous = [], 0
    for milestone in journey.fixed:
        due = milestone.by_day or 0
        found += [due + 1, _late_day(previous, due)]
        previous = due
    return found if journey.sustained is None else [*found, _grace_ends(journey)]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Spells:
    """The stretches of days for which each stay is judged on this journey: one row per place."""

    stay: Places
    begins: Days
    ends: Days


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verdicts:
    """What holds at every moment: the number of the rule that fits, and of the text of the clauses missed."""

    rules: list[Rule]
    rule: Places
    missing: Places
    texts: list[str]

    def differ(self) -> Truths:
        """Return whether each moment's verdict is another than that of the moment before it."""
        verdict = {(standing, milestone.key): nr for nr, (_, standing, milestone) in enumerate(self.rules)}
        of_rule = np.array([verdict[standing, milestone.key] for _, standing, milestone in self.rules])
        told = of_rule[self.rule] * (len(self.texts) + 1) + self.missing
        return np.concatenate([[True], told[1:] != told[:-1]])


def _stays(places: pl.DataFrame) -> tuple[Stays, Places]:
    """Return the stays in the order of their numbers, and which of them each place belongs to."""
    _, first, stay = np.unique(places["stay"].to_numpy(), return_index=True, return_inverse=True)
    provisioned = days_of(places["provisioned_on"])
    earliest = provisioned[first]
    np.minimum.at(earliest, stay, days_of(places["from_on"]))
    stays = Stays(
        provisioned=provisioned[first],
        first_used=days_of(places["first_used_on"])[first],
        earliest=earliest,
        today=days_of(places["today"])[first],
    )
    return stays, stay.astype(np.int64)


def _turning_days(
    journey: Journey, stays: Stays, flips: list[Flips], spells: _Spells
) -> list[tuple[Places, Days]]:
    """Return every day on which a standing can change: first days, deadlines, and days of flips."""
    everybody = np.arange(len(stays))
    begun = [(everybody, stays.provisioned), (everybody, stays.first_used), (spells.stay, spells.begins)]
    dated = [(everybody, stays.provisioned + np.int32(days)) for days in deadlines(journey)]
    return [*begun, *dated, *[(each.stay, each.day) for each in flips]]


def _verdicts(
    journey: Journey, stays: Stays, moments: Moments, progress: Progress, said: dict[str, Foretold]
) -> _Verdicts:
    rules = _rules(journey, stays, moments, progress, said)
    rule = np.select([holds for holds, _, _ in rules], range(len(rules)))
    missing, texts = _missing(rules, rule, progress)
    return _Verdicts(rules=rules, rule=rule, missing=missing, texts=texts)


def _rules(
    journey: Journey, stays: Stays, moments: Moments, progress: Progress, said: dict[str, Foretold]
) -> list[Rule]:
    """Return what decides where a person stands: the first rule whose condition fits."""
    provisioned = stays.provisioned[moments.stay]
    age = moments.day - provisioned
    rules: list[Rule] = []
    for milestone in journey.fixed:
        missed = (age > (milestone.by_day or 0)) & ~progress.milestone(milestone).holds
        rules.append((missed, Standing.STRAYED, milestone))
    idle = stays.first_used[moments.stay] > moments.day
    previous, late_before = 0, np.zeros(len(age), dtype=bool)
    for milestone in journey.fixed:
        due = milestone.by_day or 0
        inside = age <= due
        met = progress.milestone(milestone)
        unlikely = (age >= _late_day(previous, due)) & (progress.share_unmet(milestone) >= HALF)
        if milestone.key in said:
            by_odds, called = said[milestone.key].on(moments)
            unlikely = np.where(by_odds, called, unlikely)
        rules.append((inside & unlikely & ~met.holds, Standing.AT_RISK, milestone))
        rules.append((inside & idle, Standing.NOT_STARTED, milestone))
        rules.append((inside & late_before & ~met.holds, Standing.RETURNED, milestone))
        rules.append((inside, Standing.ON_PATH, milestone))
        late_before = met.holds & (met.on > provisioned + due)
        previous = due
    return rules + _sustained_rules(journey, moments, age, late_before, progress)


def _sustained_rules(
    journey: Journey, moments: Moments, age: Days, late_before: Truths, progress: Progress
) -> list[Rule]:
    final, done = journey.sustained, np.ones(len(age), dtype=bool)
    if final is None:
        last = journey.milestones[-1]
        return [(late_before, Standing.RETURNED, last), (done, Standing.SUSTAINED, last)]
    holds = progress.milestone(final).holds
    # A person who once sustained and no longer does has lapsed; one who never did is given the first window. The
    # clauses may well hold in the first weeks: that is the path, and not yet sustained use.
    sustained = holds & (age > max((each.by_day or 0 for each in journey.fixed), default=-1))
    for milestone in journey.fixed:
        sustained = sustained & progress.milestone(milestone).holds
    waiting = age < _grace_ends(journey)
    return [
        (holds, Standing.SUSTAINED, final),
        (moments.ever(sustained), Standing.LAPSED, final),
        (waiting & late_before, Standing.RETURNED, final),
        (waiting, Standing.ON_PATH, final),
        (done, Standing.STRAYED, final),
    ]


def _missing(rules: list[Rule], rule: Places, progress: Progress) -> tuple[Places, list[str]]:
    """Return for each moment which text names the clauses missed of its milestone, and the texts (JSON lists)."""
    texts: dict[str, int] = {}
    missing = np.zeros(len(rule), dtype=np.int64)
    for milestone in {each.key: each for _, _, each in rules}.values():
        mine = np.isin(rule, [nr for nr, (_, _, at) in enumerate(rules) if at.key == milestone.key])
        needed = [(key, clause) for key, clause in milestone.keyed() if not clause.optional]
        unmet = np.zeros(len(rule), dtype=np.int64)
        for nr, (key, _) in enumerate(needed):
            unmet |= np.where(progress.clause(key).holds, 0, 1 << nr)
        for pattern in np.unique(unmet[mine]).tolist():
            told = ",".join(_says(*each) for nr, each in enumerate(needed) if pattern >> nr & 1)
            missing[mine & (unmet == pattern)] = texts.setdefault(f"[{told}]", len(texts))
    return missing, list(texts)


def _says(key: str, clause: Clause) -> str:
    told = {"clause": key, "says": clause.says, "missed": clause.when_missed, "needed": clause.threshold}
    return msgspec.json.encode(told).decode()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stretches:
    """Stretches of days with one verdict: the place of each, the moment it begins with, the clock days it lasts."""

    place: Places
    moment: Places
    since: Days
    until: Days
    opens: Truths
    closes: Truths


def _stretches(moments: Moments, verdicts: _Verdicts, spells: _Spells) -> _Stretches:
    """Join days with the same verdict into stretches, each until the next begins or its place ends."""
    # Days before a place began were judged only to know what had been met by then.
    first = np.searchsorted(moments.keys, moment_keys(spells.stay, spells.begins))
    last = np.searchsorted(moments.keys, moment_keys(spells.stay, np.minimum(spells.ends, LAST_DAY)))
    lengths = np.maximum(last - first, 0)
    place = np.repeat(np.arange(len(first)), lengths)
    moment = np.arange(len(place)) + np.repeat(first - (np.cumsum(lengths) - lengths), lengths)
    changed = np.flatnonzero(_begins(place) | verdicts.differ()[moment])
    place, moment = place[changed], moment[changed]
    opens = _begins(place)
    since = moments.day[moment]
    return _Stretches(
        place=place,
        moment=moment,
        since=since,
        until=np.append(since[1:], NEVER)[: len(since)],
        opens=opens,
        closes=np.append(opens[1:], True)[: len(opens)],
    )


def _begins(place: Places) -> Truths:
    return np.concatenate([[True], place[1:] != place[:-1]])[: len(place)]


def _told(
    journey: Journey, version: int, places: pl.DataFrame, verdicts: _Verdicts, kept: _Stretches
) -> pl.DataFrame:
    """Return the stretches in words, with the place of each."""
    rule = verdicts.rule[kept.moment]
    at = [milestone for _, _, milestone in verdicts.rules]
    return places.with_columns(
        pl.lit(journey.key).alias("journey"),
        pl.lit(version, dtype=pl.Int64).alias("version"),
        pl.Series("standing", [str(standing) for _, standing, _ in verdicts.rules])[rule],
        pl.Series("milestone", [each.key for each in at])[rule],
        pl.Series("by_day", [each.by_day for each in at], dtype=pl.Int32)[rule],
        pl.Series("missing", verdicts.texts, dtype=pl.String)[verdicts.missing[kept.moment]],
    )


def _dated(found: pl.DataFrame, clock: Clock, provisioned: pl.Series, kept: _Stretches) -> pl.DataFrame:
    """Return the stretches as rows of the table `standings`, in calendar days."""
    stay = found["stay"].to_numpy()
    due = days_of(provisioned) + found["by_day"].fill_null(0).to_numpy()
    dated = found.with_columns(
        pl.Series("since", clock.calendar_days(stay, kept.since)).cast(pl.Date),
        pl.Series("until", clock.calendar_days(stay, kept.until)).cast(pl.Date),
        pl.Series("due", clock.calendar_days(stay, due)).cast(pl.Date),
        pl.Series("opens", kept.opens),
        pl.Series("closes", kept.closes),
    )
    # What falls on a day of a pause that still lasts is told when the clock runs again.
    come = dated.filter(pl.col("opens") | (pl.col("since") <= pl.col("today")))
    until = pl.when("closes").then("until_on").otherwise("until")
    return come.select(
        "person_id",
        "account_id",
        "journey",
        "version",
        pl.when("opens").then("from_on").otherwise("since").alias("since_on"),
        pl.when(until <= pl.col("today")).then(until).alias("until_on"),
        "standing",
        "milestone",
        pl.when(pl.col("by_day").is_not_null()).then("due").alias("due_on"),
        "missing",
    )


def _late_day(previous: int, due: int) -> int:
    """Return the day on which the last quarter of a milestone's time begins."""
    return due - max(1, round((due - previous) * LATE_SHARE)) + 1


def _grace_ends(journey: Journey) -> int:
    last = max((each.by_day or 0 for each in journey.fixed), default=0)
    return last + (journey.sustained.rolling_days or 0 if journey.sustained else 0) + 1
