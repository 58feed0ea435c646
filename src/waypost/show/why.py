"""Why health went from here to there: the scores of a period, and the ledger as reasons that add up."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any, cast

import msgspec

from waypost.measure import measure_from, measured_at
from waypost.score import LedgerRow, Names, Reason, Scorecard, State, explain
from waypost.show import words
from waypost.show.desk import Desk
from waypost.show.kept import kept
from waypost.show.rows import rows_of, scope
from waypost.show.rules import Rules
from waypost.show.visit import Visit
from waypost.store import Writer


class ScoreDay(msgspec.Struct, frozen=True, kw_only=True):
    """The score of one account at the end of a day."""

    on_day: date
    scorecard: str
    version: int
    score: float | None
    band: str
    withheld: str | None


class Change(msgspec.Struct, frozen=True, kw_only=True):
    """What a score did over a period; `first` is None when there is nothing to compare."""

    days: list[ScoreDay]
    first: ScoreDay | None
    last: ScoreDay | None
    reasons: list[Reason]

    @property
    def shown(self) -> tuple[int, int] | None:
        """The whole points at both ends, None when one of them is not known."""
        if self.first is None or self.last is None or self.first.score is None or self.last.score is None:
            return None
        return round(self.first.score), round(self.last.score)


class _Named(msgspec.Struct, frozen=True, kw_only=True):
    person_id: str
    name: str


def change_of(visit: Visit, rules: Rules, account_id: str, since: date, *, worded: bool = True) -> Change:
    """Return what an account's score did from the end of a day until now, and why.

    Who shows only points and letters says `worded=False`, and is spared asking what the inputs came to.
    """
    desk = visit.desk
    asked: dict[str, Any] = {"account": account_id, "since": since, "today": desk.today}
    days = rows_of(desk.warehouse.ask("show/account_scores", asked), ScoreDay)
    last = days[-1] if days else None
    first = next((each for each in days if each.score is not None), None)
    card = rules.scorecards.get(last.scorecard) if last else None
    if first is None or last is None or last.score is None or card is None:
        return Change(days=days, first=None, last=last, reasons=[])
    asked = {"account": account_id, "after": first.on_day, "today": desk.today}
    rows = rows_of(desk.warehouse.ask("show/account_ledger", asked), LedgerRow)
    keys, ends = frozenset(row.input for row in rows), (first.on_day, last.on_day)
    states: tuple[State, State] = ({}, {})
    if worded:
        of = ("states", account_id, card.key, last.version, keys, ends)
        states = kept(visit, of, lambda: _states(visit, rules, account_id, (card, keys), ends))
    reasons = explain(
        rows,
        card,
        scores=(first.score or 0.0, last.score),
        states=states,
        names=_names(desk, rules, rows if worded else ()),
    )
    return Change(days=days, first=first, last=last, reasons=reasons)


def sum_line(first: int, last: int, shown: Sequence[int]) -> str:
    """Return the sum in figures: `72 − 23 + 9 = 58`."""
    fell, rose = -sum(each for each in shown if each < 0), sum(each for each in shown if each > 0)
    parts = [str(first)]
    parts += [f"{words.MINUS} {fell}"] if fell else []
    parts += [f"+ {rose}"] if rose else []
    return f"{' '.join(parts)} = {last}"


def every_day(change: Change, today: date) -> list[tuple[date, float | None]]:
    """Return one score a day from the first scored day to today, None where there is none."""
    if change.first is None:
        return []
    known = {each.on_day: each.score for each in change.days}
    first = change.first.on_day
    span = [first + timedelta(days=n) for n in range((today - first).days + 1)]
    return [(on_day, known.get(on_day)) for on_day in span]


def _names(desk: Desk, rules: Rules, rows: Sequence[LedgerRow]) -> Names:
    people = {row.person_id for row in rows if row.person_id} | {row.item for row in rows}
    return Names(
        people=names_of(desk, people),
        features={each.key: each.name for each in rules.catalogue.features},
        settings={each.key: each.name for each in rules.catalogue.settings},
    )


def names_of(desk: Desk, people: set[str]) -> dict[str, str]:
    """Return the names of people; ids of nobody are left out."""
    if not people:
        return {}
    found = rows_of(desk.warehouse.ask("show/names_of_people", frames=scope("person_id", people)), _Named)
    return {each.person_id: each.name for each in found}


def _states(
    visit: Visit,
    rules: Rules,
    account_id: str,
    inputs: tuple[Scorecard, frozenset[str]],
    days: tuple[date, date],
) -> tuple[State, State]:
    """Return what some inputs of a scorecard came to at the end of two days, as they are known now."""
    card, keys = inputs
    measures = {
        each.key: measure_from(each.measure, where=each.name) for each in card.inputs if each.key in keys
    }
    before, after = measured_at(
        # The warehouse answers as a writer does, and nothing is written.
        cast("Writer", visit.desk.warehouse),
        measures,
        account_id,
        rules.catalogue,
        days=days,
    )
    return before, after
