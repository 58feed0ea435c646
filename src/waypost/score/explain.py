"""Why a score moved between two days: the ledger's rows as a short list of reasons that adds up."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from string import ascii_uppercase
from typing import Any

from waypost.score.phrases import Names, State, phrase
from waypost.score.rounding import whole_parts
from waypost.score.scorecard import Scorecard

MOST_REASONS = 9
SMALL_POINTS = 0.5
#: Measures whose items are told one by one; the others are told as a whole.
BY_ITEM = frozenset({"setting_coverage", "latest_answer", "team_changes"})


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerRow:
    """One stored row of the ledger."""

    on_day: date
    input: str
    item: str
    cause: str
    points: float
    value_before: float | None
    value_after: float | None
    happened_at: datetime
    person_id: str | None
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason of a change of score.

    `points` is exact; `shown` are whole points that add up to the change of the shown scores. `letter` stands on the
    history line, in the list and in the timeline; small reasons that are pooled have none and carry their `parts`.
    """

    title: str
    evidence: str
    family: str
    points: float
    happened_at: datetime
    on_day: date
    input: str
    item: str
    rows: tuple[LedgerRow, ...]
    people: tuple[str, ...]
    shown: int = 0
    letter: str | None = None
    parts: tuple["Reason", ...] = field(default=())


def explain(
    rows: Iterable[LedgerRow],
    card: Scorecard,
    *,
    scores: tuple[float, float],
    states: tuple[State, State],
    names: Names,
) -> list[Reason]:
    """Return the reasons why a score went from scores[0] to scores[1], in the order in which they happened.

    `rows` are the ledger rows after the first day up to and including the last; `states` the inputs' states (by input:
    value, n, d) on both days; `names` the words for people, features and settings. The points of the reasons add up to
    the change exactly, their whole points to the change of the rounded scores.
    """
    kinds = {each.key: each.measure.get("kind") for each in card.inputs}
    groups: dict[tuple[str, str], list[LedgerRow]] = {}
    for row in rows:
        groups.setdefault(_group(row, kinds), []).append(row)
    told = [_reason(tuple(found), card, states, names) for found in groups.values()]
    return _lettered(_pooled(told), scores)


def _group(row: LedgerRow, kinds: Mapping[str, Any]) -> tuple[str, str]:
    if row.cause in ("rules", "late", "resumed"):
        return ("", row.cause)
    if row.cause in ("known", "unknown"):
        return (row.input, "known")
    if kinds.get(row.input) not in BY_ITEM:
        return (row.input, "")
    return (row.input, "faded" if row.cause == "faded" else f"item:{row.item}")


def _reason(
    rows: tuple[LedgerRow, ...], card: Scorecard, states: tuple[State, State], names: Names
) -> Reason:
    points = sum(row.points for row in rows)
    # The row that says most for the way the sum went stands for the reason in time.
    chief = max(rows, key=lambda row: (row.points * (1 if points >= 0 else -1), row.happened_at))
    counted = [row for row in rows if row.points * points > 0]
    people = tuple(dict.fromkeys(row.person_id for row in counted if row.person_id))
    words = phrase(chief, card.input(chief.input), people, (points, states, names))
    return Reason(
        title=words.title,
        evidence=words.evidence,
        family=words.family,
        points=points,
        happened_at=chief.happened_at,
        on_day=chief.on_day,
        input=chief.input,
        item=chief.item,
        rows=rows,
        people=people,
    )


def _pooled(told: list[Reason]) -> list[Reason]:
    """Keep the reasons worth a row of their own; the small rest is one row that opens."""
    ranked = sorted(told, key=lambda each: (-abs(each.points), each.happened_at, each.input, each.item))
    large = [each for each in ranked[:MOST_REASONS] if abs(each.points) >= SMALL_POINTS]
    small = [each for each in ranked if each not in large]
    if len(small) == 1:
        return [*large, *small]
    if not small:
        return large
    first = small[0]
    count = len(small)
    pool = replace(
        first,
        title=f"{count} small changes",
        evidence="Each of them moved the score by little; open the row to see them.",
        family="",
        points=sum(each.points for each in small),
        input="",
        item="",
        rows=tuple(row for each in small for row in each.rows),
        people=(),
        parts=tuple(small),
    )
    return [*large, pool]


def _lettered(reasons: list[Reason], scores: tuple[float, float]) -> list[Reason]:
    whole = round(scores[1]) - round(scores[0])
    shown = whole_parts([each.points for each in reasons], whole)
    numbered = [replace(each, shown=points) for each, points in zip(reasons, shown, strict=True)]
    ordered = sorted(numbered, key=lambda each: (bool(each.parts), each.happened_at, each.input, each.item))
    letters = iter(ascii_uppercase)
    return [each if each.parts else replace(each, letter=next(letters)) for each in ordered]
