"""The words for a reason: one short title and one line of evidence for each kind of measure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from waypost.score.scorecard import Input

State = Mapping[str, Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The words for the ids in items; an id without words is shown as it is."""

    people: Mapping[str, str] = field(default_factory=dict)
    features: Mapping[str, str] = field(default_factory=dict)
    settings: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What a reason says."""

    title: str
    evidence: str
    family: str


class Chief(Protocol):
    """What a phrase needs of the row that stands for a reason."""

    @property
    def cause(self) -> str:
        """Why the item moved: entered, left, faded, known, unknown, rules, late or resumed."""

    @property
    def item(self) -> str:
        """The item's id."""

    @property
    def detail(self) -> str:
        """What else is known of the item."""

    @property
    def value_before(self) -> float | None:
        """The measure before."""

    @property
    def value_after(self) -> float | None:
        """The measure after."""


About = tuple[float, tuple[State, State], Names]


def phrase(chief: Chief, made_by: Input | None, people: tuple[str, ...], about: About) -> Words:
    """Return the words for a reason; `about` is its points, both states of all inputs, and the names."""
    if made_by is None:
        if chief.cause == "rules":
            return Words(
                title="The rules of the score changed", evidence="No customer did anything.", family="Rules"
            )
        if chief.cause == "late":
            return Words(
                title="Late data changed earlier days",
                evidence="It came too late for the days before to be scored anew.",
                family="Data",
            )
        return Words(
            title="The score came back",
            evidence="It was withheld for some days; this is the whole difference.",
            family="Data",
        )
    if chief.cause in ("known", "unknown"):
        return _switched(chief.cause, made_by)
    words = _KINDS.get(made_by.measure.get("kind", ""), _plain)
    return words(chief, made_by, people, about)


def _switched(cause: str, made_by: Input) -> Words:
    if cause == "known":
        return Words(
            title=f"{made_by.name} became known",
            evidence="It counts from now on, and the other inputs weigh less.",
            family=made_by.family,
        )
    return Words(
        title=f"{made_by.name} is no longer known",
        evidence="It is left out, and the other inputs carry its weight.",
        family=made_by.family,
    )


def _adoption(_chief: Chief, made_by: Input, people: tuple[str, ...], about: About) -> Words:
    points, (before, after), names = about
    count = len(people)
    if count == 0:
        title = "More people are on a journey" if points > 0 else "Fewer people are on a journey"
    elif points < 0:
        title = f"{_first(people, names)} strayed" if count == 1 else f"{count} people strayed"
    else:
        title = (
            f"{_first(people, names)} is on the path" if count == 1 else f"{count} people are on their path"
        )
    evidence = f"On path: {_share(before, made_by)} to {_share(after, made_by)} of people."
    return Words(title=title, evidence=evidence, family=made_by.family)


def _seat_use(_chief: Chief, made_by: Input, people: tuple[str, ...], about: About) -> Words:
    points, (before, after), _ = about
    was, now = _count(before, made_by), _count(after, made_by)
    seats = round(float(after.get(made_by.key, {}).get("d") or 0))
    title = f"Active people {'rose' if points > 0 else 'fell'} from {was} to {now}"
    if was == now:
        title = "Seats in the contract changed"
    days = made_by.measure.get("within_days", 28)
    del people
    return Words(title=title, evidence=f"Of {seats} seats, within {days} days.", family=made_by.family)


def _feature_trend(chief: Chief, made_by: Input, people: tuple[str, ...], about: About) -> Words:
    points, (before, after), names = about
    del chief, people
    weeks = made_by.measure.get("recent_days", 28) / 7
    was, now = (float(state.get(made_by.key, {}).get("n") or 0) / weeks for state in (before, after))
    name = names.features.get(str(made_by.measure.get("feature")), made_by.name)
    if _number(was) == _number(now):
        verb = "rose" if points > 0 else "fell"
        title = f"{name} {verb} against the usual pace"
    else:
        title = f"{name} {'rose' if now > was else 'fell'} from {_number(was)} to {_number(now)} a week"
    share = after.get(made_by.key, {}).get("value")
    pace = "" if share is None else f"Now {round(100 * float(share))}% of this account's usual pace."
    return Words(title=title, evidence=pace, family=made_by.family)


def _breadth(chief: Chief, made_by: Input, people: tuple[str, ...], about: About) -> Words:
    points, (before, after), names = about
    del people
    name = names.features.get(chief.item, chief.item)
    title = f"{name}: in use again" if points > 0 else f"{name}: no longer used"
    whole = round(float(after.get(made_by.key, {}).get("d") or 0))
    evidence = f"{_count(before, made_by)} to {_count(after, made_by)} of {whole} in use."
    return Words(title=title, evidence=evidence, family=made_by.family)


def _setting(chief: Chief, made_by: Input, people: tuple[str, ...], about: About) -> Words:
    points, _, names = about
    name = names.settings.get(chief.item, chief.item)
    by = f"Changed by {_first(people, names)}." if people else "Changed in the product."
    if chief.detail == "wanted":
        title = f"{name} counts among the recommended settings"
    else:
        title = f"{name} switched {'on' if points > 0 else 'off'}"
    return Words(title=title, evidence=by, family=made_by.family)


def _tickets(chief: Chief, made_by: Input, people: tuple[str, ...], about: About) -> Words:
    points, (before, after), _ = about
    del people
    was, now = _count(before, made_by), _count(after, made_by)
    days = made_by.measure.get("older_than_days", 5)
    if points < 0:
        gained = max(now - was, 1)
        title = f"{gained} urgent {'ticket' if gained == 1 else 'tickets'} open for more than {days} days"
    else:
        title = "Old urgent tickets were solved"
    return Words(title=title, evidence=f"{chief.detail}. {was} to {now} open.", family=made_by.family)


def _answer(chief: Chief, made_by: Input, people: tuple[str, ...], about: About) -> Words:
    _, _, names = about
    survey = str(made_by.measure.get("survey", "survey")).upper()
    who = names.people.get(chief.item, "Somebody")
    del people
    if chief.cause == "left":
        title = f"{who}’s {survey} answer of {_number(chief.detail)} is too old to count"
    else:
        title = f"{who} answered {survey} with {_number(chief.detail)}"
    before, after = (_decimal(value) for value in (chief.value_before, chief.value_after))
    return Words(
        title=title, evidence=f"Mean of the latest answers: {before} to {after}.", family=made_by.family
    )


def _team(chief: Chief, made_by: Input, people: tuple[str, ...], about: About) -> Words:
    _, _, names = about
    if chief.cause == "faded":
        return Words(
            title="Earlier team changes fade",
            evidence=f"A change weighs half after {_number(made_by.measure.get('half_life_days', 30))} days.",
            family=made_by.family,
        )
    what = chief.detail[:1].upper() + chief.detail[1:]
    return Words(
        title=f"{what}: {_first(people, names)}", evidence="A change in the team.", family=made_by.family
    )


def _plain(chief: Chief, made_by: Input, people: tuple[str, ...], about: About) -> Words:
    points, _, _ = about
    del people
    title = f"{made_by.name} went {'up' if points > 0 else 'down'}"
    evidence = f"{_decimal(chief.value_before)} to {_decimal(chief.value_after)}."
    return Words(title=title, evidence=evidence, family=made_by.family)


_KINDS = {
    "adoption": _adoption,
    "seat_use": _seat_use,
    "feature_trend": _feature_trend,
    "breadth": _breadth,
    "setting_coverage": _setting,
    "open_tickets": _tickets,
    "latest_answer": _answer,
    "team_changes": _team,
}


def _first(people: tuple[str, ...], names: Names) -> str:
    return names.people.get(people[0], people[0]) if people else "somebody"


def _share(state: State, made_by: Input) -> str:
    value = state.get(made_by.key, {}).get("value")
    return "unknown" if value is None else f"{round(100 * float(value))}%"


def _count(state: State, made_by: Input) -> int:
    return round(float(state.get(made_by.key, {}).get("n") or 0))


def _number(value: float | str) -> str:
    """Return a number with no more digits than it needs; below ten one decimal is kept."""
    number = float(value)
    return f"{number:.0f}" if number >= 10 or number == round(number) else f"{number:.1f}"  # noqa: PLR2004


def _decimal(value: float | None) -> str:
    return "unknown" if value is None else f"{value:.1f}"
