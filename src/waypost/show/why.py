"""Why health went from here to there: the scores of a period, and the ledger as reasons that add up."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

import msgspec

from waypost.score import LedgerRow, Names, Reason, Scorecard, explain
from waypost.show import words
from waypost.show.desk import Desk
from waypost.show.rows import rows_of, scope
from waypost.show.rules import Rules


class ScoreDay(msgspec.Struct, frozen=True, kw_only=True):
    """The score of one account at the end of a day."""

    on_day: date
    scorecard: str
    version: int
    score: float | None
    band: str
    withheld: str | None
    inputs: str


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


def change_of(desk: Desk, rules: Rules, account_id: str, since: date) -> Change:
    """Return what an account's score did from the end of a day until now, and why."""
    asked: dict[str, Any] = {"account": account_id, "since": since, "today": desk.today}
    days = rows_of(desk.warehouse.ask("show/account_scores", asked), ScoreDay)
    last = days[-1] if days else None
    first = next((each for each in days if each.score is not None), None)
    card = rules.scorecards.get(last.scorecard) if last else None
    if first is None or last is None or last.score is None or card is None:
        return Change(days=days, first=None, last=last, reasons=[])
    asked = {"account": account_id, "after": first.on_day, "today": desk.today}
    rows = rows_of(desk.warehouse.ask("show/account_ledger", asked), LedgerRow)
    return Change(days=days, first=first, last=last, reasons=_reasons(desk, rules, card, (first, last), rows))


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


def _reasons(
    desk: Desk, rules: Rules, card: Scorecard, ends: tuple[ScoreDay, ScoreDay], rows: Sequence[LedgerRow]
) -> list[Reason]:
    first, last = ends
    return explain(
        rows,
        card,
        scores=(first.score or 0.0, last.score or 0.0),
        states=(_states(first), _states(last)),
        names=Names(
            people=names_of(
                desk, {row.person_id for row in rows if row.person_id} | {row.item for row in rows}
            ),
            features={each.key: each.name for each in rules.catalogue.features},
            settings={each.key: each.name for each in rules.catalogue.settings},
        ),
    )


def names_of(desk: Desk, people: set[str]) -> dict[str, str]:
    """Return the names of people; ids of nobody are left out."""
    if not people:
        return {}
    found = rows_of(desk.warehouse.ask("show/names_of_people", frames=scope("person_id", people)), _Named)
    return {each.person_id: each.name for each in found}


def _states(scored: ScoreDay) -> dict[str, dict[str, Any]]:
    found: list[dict[str, Any]] = msgspec.json.decode(scored.inputs or "[]")
    return {str(each["input"]): each for each in found}
