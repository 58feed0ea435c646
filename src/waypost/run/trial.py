"""Trials: what rules of a journey come to, worked out as any page reads; nothing is stored and nobody waits."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import replace
from datetime import date, datetime, timedelta
from threading import Lock

import polars as pl

from waypost.journey import STRAYS, Journey, Of, reached, standings
from waypost.learn import SILENT_DAYS, Cases, Trial, trial
from waypost.run.mattering import adopters, compared
from waypost.run.placing import placements
from waypost.run.rulebook import ALWAYS, NEVER, InForce, Rulebook
from waypost.run.standings import Judging, judging
from waypost.run.workspace import Workspace

#: So many people are judged while somebody types; of more, whole accounts are drawn.
MOST_PEOPLE = 5_000
#: How many times as many are drawn where what is known of all alone does not say who is on the journey.
MANY_MORE = 20
LOOKED_BACK = timedelta(days=366 + 92)
#: What was worked out for the same rules is told again for so long.
FRESH_FOR = timedelta(minutes=2)
MOST_KEPT = 32
PAIR = ["person_id", "account_id"]


class Trials:
    """Tries rules out on the facts of a workspace, read as any page reads them."""

    def __init__(self, workspace: Workspace, *, most_people: int = MOST_PEOPLE) -> None:
        """Read one workspace; judge so many people at most."""
        self._workspace = workspace
        self._most_people = most_people
        self._kept: OrderedDict[Hashable, tuple[datetime, object]] = OrderedDict()
        self._working = Lock()

    def of(self, journey: Journey) -> Trial:
        """Return what these rules come to, in place of the journey of the same key and beside all others."""
        return self._try(journey)[0]

    def cases(self, journey: Journey) -> Cases:
        """Return who stands behind the counts of what `of` returns."""
        return self._try(journey)[1]

    def times(self, journey: Journey) -> pl.DataFrame:
        """Return when everybody on a journey reached its milestones, one row for each milestone with a day.

        Columns: person_id, account_id, provisioned_on, milestone, days (after provisioning: when it was met, else how
        long it has been seen unmet), met.
        """
        found: pl.DataFrame = self._once(("times", journey), lambda: self._timed(journey))  # type: ignore[assignment]
        return found

    def matter(
        self, journey: Journey, by_day: int, feature: str, at_least: int, on_day: date
    ) -> pl.DataFrame:
        """Return whom a comparison of the report of a day compares, as the facts are now.

        Columns: person_id, account_id, provisioned_on (day 0), adopted (the feature, so often by day `by_day`), stayed.
        """
        rules, asks = self._workspace.rules, self._workspace.warehouse
        about = (f"matter {by_day} {on_day}", journey)
        people: pl.DataFrame = self._once(about, lambda: compared(asks, rules, journey, by_day, today=on_day))  # type: ignore[assignment]
        adopted = adopters(asks, rules, people, feature, at_least, by_day)
        return people.select(
            *PAIR, "provisioned_on", "stayed", adopted=pl.col("person").is_in(adopted.implode())
        )

    def _once(self, about: tuple[str, Journey], work: Callable[[], object]) -> object:
        state = (*about, self._workspace.today, self._workspace.rules.revision)
        # One at a time: whoever types fast must not keep the engine from everybody else.
        with self._working:
            kept = self._kept.get(state)
            if kept is not None and self._workspace.now - kept[0] < FRESH_FOR:
                return kept[1]
            done = work()
            self._kept[state] = (self._workspace.now, done)
            while len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
            return done

    def _try(self, journey: Journey) -> tuple[Trial, Cases]:
        found: tuple[Trial, Cases] = self._once(("trial", journey), lambda: self._tried(journey))  # type: ignore[assignment]
        return found

    def _tried(self, journey: Journey) -> tuple[Trial, Cases]:
        today = self._workspace.today
        mine, of_all = self._judging(journey)
        if mine is None:
            cases = Cases.of(pl.DataFrame(schema=_JUDGED), pl.DataFrame(schema=_LOST), today)
            return trial(cases, of_all=of_all), cases
        found = standings(journey, 0, mine.places, mine.flips, mine.clock)
        # An account that goes a journey itself is told from others by its own id.
        judged = found.select(
            pl.coalesce("person_id", "account_id"),
            "account_id",
            "since_on",
            "until_on",
            strayed=pl.col("standing").is_in(list(STRAYS)),
        )
        cases = Cases.of(judged, self._lost(mine, today), today)
        return trial(cases, of_all=of_all), cases

    def _timed(self, journey: Journey) -> pl.DataFrame:
        mine, _ = self._judging(journey)
        if mine is None:
            return pl.DataFrame(schema=_TIMES)
        stays = mine.places.sort("stay", "from_on").unique("stay", keep="last", maintain_order=True)
        whose = pl.coalesce("person_id", "account_id").alias("person_id")
        met = reached(journey, stays, mine.flips, mine.clock).select(
            whose, "account_id", "milestone", "met_on"
        )
        fixed = pl.DataFrame(
            {"milestone": [each.key for each in journey.fixed]}, schema={"milestone": pl.String}
        )
        seen_until = pl.min_horizontal("until_on", pl.col("today") + timedelta(days=1))
        return (
            stays.select(whose, "account_id", "provisioned_on", seen_until=seen_until)
            .join(fixed, how="cross")
            .join(met.unique([*PAIR, "milestone"]), on=[*PAIR, "milestone"], how="left")
            .with_columns(met=(pl.col("met_on") < pl.col("seen_until")).fill_null(value=False))
            .with_columns(
                days=pl.when("met").then("met_on").otherwise(pl.col("seen_until") - timedelta(days=1))
                - pl.col("provisioned_on")
            )
            .select(*PAIR, "provisioned_on", "milestone", pl.col("days").dt.total_days(), "met")
            # Who leaves before access begins was never seen.
            .filter(pl.col("days") >= 0)
        )

    def _judging(self, journey: Journey) -> tuple[Judging | None, int]:
        """Return all that these rules are judged on, and how many people (or accounts) they are for."""
        workspace, of_accounts = self._workspace, journey.of is Of.ACCOUNTS
        rules = _with(workspace.rules, journey, workspace.today)
        # Who is in a segment, or has entered, is known of those placed alone: more are drawn, so that enough are left.
        drawn = self._most_people * (MANY_MORE if journey.segments or journey.entry else 1)
        found = workspace.warehouse.ask(
            "show/journey_account_audience" if of_accounts else "show/journey_audience",
            {"since": workspace.today - LOOKED_BACK, "most": drawn},
            {"audience": rules.audiences(journey.of).filter(rulebook_nr=0).select("role", "tier", "plan")},
        )
        who = "account_id" if of_accounts else "person_id"
        scope, today = found.select(who), workspace.today
        placed = placements(workspace.warehouse, journey.of, scope, rules, today=today).filter(rulebook_nr=0)
        there = found.join(placed.select(who).unique(), on=who, how="semi").sort("draw", who)
        of_all = found["of_all"][0] if found.height else 0
        if drawn > self._most_people and found.height:
            of_all = round(of_all * there.height / found.height)
        judged = placed.join(there.head(self._most_people), on=who, how="semi")
        return judging(workspace.warehouse, judged, rules, today=today).get(0), of_all

    def _lost(self, mine: Judging, today: date) -> pl.DataFrame:
        ends = pl.when(pl.col("until_on").is_null().any()).then(None).otherwise(pl.col("until_on").max())
        stays = mine.places.group_by(PAIR).agg(pl.col("provisioned_on").min(), until_on=ends)
        return self._workspace.warehouse.ask(
            "show/journey_lost",
            {"silent_days": SILENT_DAYS, "today": today},
            {"stays": stays, "features": self._workspace.rules.catalogue.feature_frame()},
        )


_JUDGED = {
    "person_id": pl.String,
    "account_id": pl.String,
    "since_on": pl.Date,
    "until_on": pl.Date,
    "strayed": pl.Boolean,
}
_LOST = {"person_id": pl.String, "account_id": pl.String, "lost_on": pl.Date}
_TIMES = {
    "person_id": pl.String,
    "account_id": pl.String,
    "provisioned_on": pl.Date,
    "milestone": pl.String,
    "days": pl.Int64,
    "met": pl.Boolean,
}


def _with(rules: Rulebook, journey: Journey, today: date) -> Rulebook:
    """Return the rules of today for all days, with this journey first and in place of its published version."""
    others = [each for each in rules.journeys if each.from_on <= today < each.until_on]
    ever = [InForce(rule=each.rule, version=each.version, from_on=ALWAYS, until_on=NEVER) for each in others]
    tried = InForce(rule=journey, version=0, from_on=ALWAYS, until_on=NEVER)
    return replace(rules, journeys=(tried, *(each for each in ever if each.rule.key != journey.key)))
