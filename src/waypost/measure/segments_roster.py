"""A roster says who is in which segment on one day: whole frames at once, each fact read when first asked for."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

import polars as pl

from waypost.core import DefinitionError
from waypost.measure.catalogue import Catalogue
from waypost.measure.segments import Segment
from waypost.measure.segments_conditions import ABOUT, Condition, Dated, Level, Part
from waypost.measure.segments_rule import (
    OF_ACCOUNT,
    account_rule,
    account_value,
    count_rule,
    moved_rule,
    person_rule,
    person_value,
)
from waypost.store import Frames, Params

EVER = date(1, 1, 1)
PERSON, ACCOUNT = ["person_id", "account_id"], ["account_id"]
#: What parts the fields of a value that has several.
SEP = "\x1f"
#: Conditions for which a question is asked.
READ = (
    "feature",
    "active_days",
    "strays_at_least",
    "standing",
    "journey",
    "due_within_days",
    "moved",
    "words",
)
Fitted = tuple[pl.DataFrame, pl.Expr, pl.Expr]


class Asks(Protocol):
    """Whatever answers questions: the warehouse, or one transaction of it."""

    def ask(self, name: str, params: Params | None = None, frames: Frames | None = None) -> pl.DataFrame:
        """Return the answer to a question as a frame."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class AsOf:
    """For which day, and of whom, is asked.

    `past` days lie before the workspace's own. `automated` are the features whose use by jobs counts as use. `person`
    and `account` narrow the question to one of them.
    """

    day: date
    past: bool = False
    automated: frozenset[str] = frozenset()
    person: str | None = None
    account: str | None = None


class Roster:
    """Who is in which segment on one day.

    A person counts once for each account they belong to: role, standing and use are those at that account. Segments
    that are made of each other in a circle raise DefinitionError; a segment that is not there holds nobody known.
    """

    def __init__(self, source: Asks, segments: Sequence[Segment], as_of: AsOf) -> None:
        """Ask `source` about `segments` (all of them, since they may be made of each other)."""
        self._source, self._as_of = source, as_of
        self._segments = {each.key: each for each in segments}
        self._frames: dict[str, pl.DataFrame] = {}
        self._known: dict[str, pl.DataFrame] = {}
        self._asking: list[str] = []
        self._explained = False

    def members(self, segment: Segment) -> pl.DataFrame:
        """Return who is in: account_id, and for people person_id before it."""
        of = PERSON if segment.of is Level.PEOPLE else ACCOUNT
        if not segment.where:
            return self._base(segment).select(of)
        if segment.match == "any":
            return self.verdicts(segment).filter(pl.col("member")).select(of)
        # Each part leaves out whom it does not fit, so that the next has fewer to look at; the cheap ones come first.
        with self._entered(segment):
            frame = self._base(segment)
            own = frame.columns
            for nr in sorted(range(len(segment.where)), key=lambda nr: _cost(segment.where[nr])):
                frame, fits = self._fits(frame, segment, nr)
                frame = frame.filter(segment.part(nr, fits)).select(own)
        return frame.select(of)

    def size(self, segment: Segment) -> int:
        """Return how many accounts, or how many different people, are in."""
        return int(
            self.members(segment)["account_id" if segment.of is Level.ACCOUNTS else "person_id"].n_unique()
        )

    def verdicts(self, segment: Segment, *, explained: bool = False) -> pl.DataFrame:
        """Return everybody asked about with `member`, and when `explained` why.

        Columns `fits <path>` (true, false, null when the fact is unknown; before `not`) and `value <path>` (the
        fact that decided it, as text) stand for each condition.
        """
        with self._entered(segment):
            self._explained = explained
            frame = self._base(segment)
            fits: dict[str, pl.Expr] = {}
            for nr in range(len(segment.where)):
                frame, here = self._fits(frame, segment, nr)
                fits |= here
        columns = [each for path in fits for each in (f"fits {path}", f"value {path}")] if explained else []
        member = segment.rule(fits).fill_null(value=False).alias("member")
        of = PERSON if segment.of is Level.PEOPLE else ACCOUNT
        return frame.select(*of, member, *columns)

    @contextmanager
    def _entered(self, segment: Segment) -> Iterator[None]:
        """Ask about a segment, and about no segment that it is made of asking about it again."""
        if segment.key in self._asking:
            circle = " of ".join([*self._asking, segment.key])
            problem = f"segments are made of each other in a circle: {circle}"
            raise DefinitionError(f"segment {segment.key}", problem)
        before = self._explained
        self._asking.append(segment.key)
        self._explained = False
        try:
            yield
        finally:
            self._asking.pop()
            self._explained = before

    def _fits(
        self, frame: pl.DataFrame, segment: Segment, nr: int
    ) -> tuple[pl.DataFrame, dict[str, pl.Expr]]:
        """Return the frame with a verdict for each condition of a part, and the verdicts by the conditions' paths."""
        fits: dict[str, pl.Expr] = {}
        for place, (path, condition) in enumerate(segment.conditions()):
            if path.partition(".")[0] == f"where[{nr}]":
                frame, rule, value = self._fitted(frame, condition, segment.of, place)
                told = [rule.alias(f"fits {path}")]
                told += [value.cast(pl.String).alias(f"value {path}")] if self._explained else []
                frame = frame.with_columns(told)
                fits[path] = pl.col(f"fits {path}")
        return frame, fits

    def _fitted(self, frame: pl.DataFrame, condition: Condition, level: Level, nr: int) -> Fitted:
        """Return the frame with what a condition needs, its rule, and the value that decides it."""
        main = condition.main
        if main in OF_ACCOUNT:
            frame = self._with_account(frame, level)
            return frame, account_rule(condition, today=self._as_of.day), account_value(condition)
        readers: dict[str, Callable[[pl.DataFrame, Condition, Level, int], Fitted]] = {
            **dict.fromkeys(("feature", "active_days", "strays_at_least"), self._counted),
            **dict.fromkeys(("standing", "journey", "due_within_days"), self._stands),
            "moved": self._moved,
            "segment": self._within,
            "ids": self._listed,
            "words": self._listed,
        }
        if main in readers:
            return readers[main](frame, condition, level, nr)
        return frame, person_rule(condition, today=self._as_of.day), person_value(condition)

    def _counted(self, frame: pl.DataFrame, condition: Condition, level: Level, nr: int) -> Fitted:
        of_people = level is Level.PEOPLE and condition.main != "strays_at_least"
        counts = self._counts(condition, level).rename({"n": f"n{nr}"})
        n = pl.col(f"n{nr}").fill_null(0)
        joined = frame.join(counts, on=PERSON if of_people else ACCOUNT, how="left")
        return joined, count_rule(condition, n), n

    def _stands(self, frame: pl.DataFrame, condition: Condition, level: Level, nr: int) -> Fitted:
        of = PERSON if level is Level.PEOPLE else ACCOUNT
        found = self._standing(condition, of).rename({"held": f"c{nr}", "value": f"v{nr}"})
        joined = frame.join(found, on=of, how="left")
        return joined, pl.col(f"c{nr}").fill_null(value=False), pl.col(f"v{nr}")

    def _listed(self, frame: pl.DataFrame, condition: Condition, level: Level, nr: int) -> Fitted:  # noqa: ARG002
        key = pl.col("person_id" if level is Level.PEOPLE else "account_id")
        ids = condition.ids if condition.ids is not None else self._named(condition.words or "", level)
        return frame, key.is_in(list(ids)), key

    def _base(self, segment: Segment) -> pl.DataFrame:
        """Return everybody who may be in: all accounts or people, or those of the one account that the rule names."""
        if segment.of is Level.ACCOUNTS:
            return self._accounts()
        account = self._as_of.account
        named = [each.account for each in segment.where if each.main == "account" and not each.negated]
        if account is None and segment.match == "all" and not self._explained:
            account = next((each for each in named if isinstance(each, str)), None)
        asked = {"today": self._as_of.day, "person": self._as_of.person, "account": account}
        return self._once(f"people {account}", lambda: self._source.ask("measure/segment_people", asked))

    def _accounts(self) -> pl.DataFrame:
        asked = {"today": self._as_of.day, "past": self._as_of.past, "account": self._as_of.account}
        return self._once("accounts", lambda: self._source.ask("measure/segment_accounts", asked))

    def _with_account(self, frame: pl.DataFrame, level: Level) -> pl.DataFrame:
        if level is Level.ACCOUNTS or "tier" in frame.columns:
            return frame
        return frame.join(self._accounts(), on="account_id", how="left")

    def _counts(self, condition: Condition, level: Level) -> pl.DataFrame:
        as_of, by_person = self._as_of, level is Level.PEOPLE
        if condition.main == "strays_at_least":
            strayed = self._stood(Condition(standing=("strayed", "lapsed")), only_account=True)
            return strayed.group_by("account_id").agg(n=pl.col("person_id").n_unique().cast(pl.Int64))
        since = as_of.day - timedelta(days=condition.in_days - 1) if condition.in_days else EVER
        asked = {
            "until": as_of.day + timedelta(days=1),
            "by_person": by_person,
            "person": as_of.person if by_person else None,
            "account": as_of.account,
        }
        automated = sorted(as_of.automated)
        if condition.main == "feature":
            counts = condition.feature in as_of.automated
            rows = {"nr": [0], "feature": [condition.feature], "since": [since], "automated": [counts]}
            answer = self._source.ask("measure/segment_uses", asked, {"asked": pl.DataFrame(rows)})
        else:
            frames = {
                "asked": pl.DataFrame({"nr": [0], "since": [since]}),
                "automated": pl.DataFrame({"feature": automated}, schema={"feature": pl.String}),
            }
            answer = self._source.ask("measure/segment_active", asked, frames)
        return answer.select(*(PERSON if by_person else ACCOUNT), pl.col("n").cast(pl.Int64))

    def _standing(self, condition: Condition, of: list[str]) -> pl.DataFrame:
        """Return `held` for everybody of whom the condition holds; when explained, for all, and where they stand."""
        found = self._stood(condition, of_accounts=of == ACCOUNT)
        if not self._explained:
            told = found.select(of).unique()
            return told.with_columns(
                pl.lit(value=True).alias("held"), pl.lit(None, dtype=pl.String).alias("value")
            )
        fields = ("journey", "standing", "milestone", "since_on", "due_on")
        value = pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in fields], separator=SEP)
        # The journey that fits is the one that is told; else the first of them.
        told = found.select(*of, "journey", "held", value.alias("value"))
        told = told.sort("held", "journey", descending=[True, False])
        return told.group_by(of, maintain_order=True).agg(pl.col("held").first(), pl.col("value").first())

    def _stood(
        self, condition: Condition, *, only_account: bool = False, of_accounts: bool = False
    ) -> pl.DataFrame:
        """Return standings with whether a condition holds of each; those of which it does not only when explained.

        `only_account` asks about everybody of the account, whoever is asked about; `of_accounts`, where the accounts
        themselves stand.
        """
        day = self._as_of.day

        def back(days: int | None) -> date | None:
            return None if days is None else day - timedelta(days=days)

        due = condition.due_within_days
        asked = {
            "today": day,
            "of_accounts": of_accounts,
            "person": None if only_account else self._as_of.person,
            "account": self._as_of.account,
            "journey": condition.journey,
            "standings": None if due is not None else list(condition.standings),
            "milestone": condition.milestone,
            "since_from": back(condition.within_days),
            "since_until": back(condition.for_days),
            "due_until": None if due is None else day + timedelta(days=due),
            "held_only": not self._explained or only_account,
        }
        return self._source.ask("measure/segment_standings", asked)

    def _moved(self, frame: pl.DataFrame, condition: Condition, level: Level, nr: int) -> Fitted:  # noqa: ARG002
        since = self._as_of.day - timedelta(days=condition.in_days or 0)
        asked = {"asked": pl.DataFrame({"nr": [nr], "since": [since]})}
        before = self._source.ask("measure/segment_moved", {"account": self._as_of.account}, asked).drop("nr")
        both = self._accounts().join(before, on="account_id", how="left")
        told = pl.concat_str(
            pl.col("score_before").round().cast(pl.Int64),
            pl.col("score").round().cast(pl.Int64),
            separator=SEP,
        )
        found = both.select("account_id", moved_rule(condition).alias(f"c{nr}"), told.alias(f"v{nr}"))
        return frame.join(found, on="account_id", how="left"), pl.col(f"c{nr}"), pl.col(f"v{nr}")

    def _within(self, frame: pl.DataFrame, condition: Condition, level: Level, nr: int) -> Fitted:
        rules: list[pl.Expr] = []
        for n, key in enumerate(condition.segments):
            other, column = self._segments.get(key), f"c{nr}_{n}"
            if other is None or (level is Level.ACCOUNTS and other.of is Level.PEOPLE):
                rules.append(pl.lit(None, dtype=pl.Boolean))
                continue
            on = PERSON if other.of is Level.PEOPLE else ACCOUNT
            inside = self._members_of(other).unique().with_columns(pl.lit(value=True).alias(column))
            frame = frame.join(inside, on=on, how="left")
            rules.append(pl.col(column).fill_null(value=False))
        rule = pl.any_horizontal(rules)
        return frame, rule, rule

    def _members_of(self, segment: Segment) -> pl.DataFrame:
        if segment.key not in self._known:
            self._known[segment.key] = self.members(segment)
        return self._known[segment.key]

    def _named(self, words: str, level: Level) -> list[str]:
        asked = {"words": words.strip().lower(), "of_people": level is Level.PEOPLE}
        return self._source.ask("measure/segment_words", asked)["id"].to_list()

    def _once(self, name: str, read: Callable[[], pl.DataFrame]) -> pl.DataFrame:
        if name not in self._frames:
            self._frames[name] = read()
        return self._frames[name]


def _cost(part: Part) -> int:
    """Return how much a part asks: facts at hand before facts that are read, groups last."""
    if part.word:
        return 3
    return 2 if part.main == "segment" else 1 if part.main in READ else 0


def automated_features(catalogue: Catalogue) -> frozenset[str]:
    """Return the features of which use by jobs counts as use."""
    return frozenset(each.key for each in catalogue.features if each.automated_counts)


def dated(segment: Segment, segments: Mapping[str, Segment]) -> Dated:
    """Return whether past sizes of a segment can be told: exactly, with some facts as they are today, or not at all."""
    seen: set[str] = set()
    worst = Dated.YES
    todo = [segment]
    while todo:
        each = todo.pop()
        seen.add(each.key)
        for _, condition in each.conditions():
            said = ABOUT[condition.main].dated
            if said is Dated.NO or worst is Dated.NO:
                return Dated.NO
            worst = Dated.AS_TODAY if said is Dated.AS_TODAY else worst
        todo += [segments[key] for key in each.refers_to if key in segments and key not in seen]
    return worst
