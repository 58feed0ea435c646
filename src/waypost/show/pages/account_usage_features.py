"""Which features an account uses: adopted, in use, abandoned, never used; and how much of each."""

from datetime import date
from typing import ClassVar

import msgspec

from waypost.measure import Catalogue, usage_measure
from waypost.show.rows import rows_of
from waypost.show.visit import Visit

WINDOW = 28
STATES = {
    "new": "Newly adopted",
    "used": "In use",
    "quiet": "Not lately",
    "abandoned": "Abandoned",
    "automated": "Automated only",
    "never": "Never used",
}
ORDER = tuple(STATES)
SHOWN = ("all", "core", "new", "abandoned", "never")


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """One row of `show/account_usage_features`."""

    feature: str
    actor: str
    first_on: date
    first_by: str
    last_on: date
    people: int
    days: int
    uses: int
    quantity: float | None
    uses_before: int
    days_before: int


class UsedFeature(msgspec.Struct, frozen=True, kw_only=True):
    """One feature of the catalogue as an account uses it; `by_people` and `automated` are None when they never did."""

    HEAD: ClassVar = [
        "feature",
        "name",
        "group",
        "state",
        "first_on",
        "first_by",
        "last_on",
        "people",
        "days_of_use",
        "uses",
        "uses_before",
        "quantity",
        "automated_uses",
        "automated_quantity",
    ]
    key: str
    name: str
    group: str
    state: str
    unit: str | None
    by_people: Told | None
    automated: Told | None

    @property
    def says(self) -> str:
        """The state in words."""
        return STATES[self.state]

    @property
    def uses(self) -> int:
        """Uses by people in the window."""
        return self.by_people.uses if self.by_people else 0

    @property
    def uses_before(self) -> int:
        """Uses by people in the window before."""
        return self.by_people.uses_before if self.by_people else 0

    @property
    def automated_uses(self) -> int:
        """Automated uses in the window."""
        return self.automated.uses if self.automated else 0

    @property
    def quantity(self) -> float | None:
        """Quantity by people in the window."""
        return self.by_people.quantity if self.by_people else None

    @property
    def automated_quantity(self) -> float | None:
        """Automated quantity in the window."""
        return self.automated.quantity if self.automated else None

    def row(self) -> list[object]:
        """Return the feature as a row of the file."""
        mine = self.by_people
        said: list[object] = [self.key, self.name, self.group, self.says]
        said += [mine.first_on, mine.first_by, mine.last_on] if mine else [None, None, None]
        said += [mine.people if mine else 0, mine.days if mine else 0, self.uses, self.uses_before]
        return [*said, self.quantity, self.automated_uses, self.automated_quantity]


class Features(msgspec.Struct, frozen=True, kw_only=True):
    """Every feature of the catalogue with how the account uses it; `shown` are those that the address asks for."""

    rows: list[UsedFeature]
    shown: list[UsedFeature]
    choice: str
    counts: dict[str, int]
    core: int
    core_used: int

    @property
    def used(self) -> int:
        """Features that people used in the window."""
        return sum(each.uses > 0 for each in self.rows)

    @property
    def title(self) -> str:
        """The panel's title: a fact."""
        said = (
            f"{self.core_used} of {self.core} core features in use" if self.core else "No feature is core yet"
        )
        new, gone = self.counts["new"], self.counts["abandoned"]
        parts = [said] + ([f"{new} newly adopted"] if new else []) + ([f"{gone} abandoned"] if gone else [])
        return ", ".join(parts)


def features_of(visit: Visit, account_id: str, cutoff: date, catalogue: Catalogue) -> Features:
    """Return how an account uses every feature until a cutoff."""
    before, least = _abandoning()
    asked = {"account": account_id, "cutoff": cutoff, "within_days": WINDOW, "before_days": before}
    found = rows_of(visit.desk.warehouse.ask("show/account_usage_features", asked), Told)
    told = {(each.feature, each.actor): each for each in found}
    rows = [
        UsedFeature(
            key=each.key,
            name=each.name,
            group=each.group.value,
            unit=each.quantity,
            by_people=(mine := told.get((each.key, "human"))),
            automated=(jobs := told.get((each.key, "automated"))),
            state=_state(mine, jobs, cutoff, least),
        )
        for each in catalogue.features
    ]
    rows.sort(key=lambda each: (each.group != "core", ORDER.index(each.state), -each.uses, each.name))
    choice = visit.choice("features", SHOWN)
    counts = {state: sum(each.state == state for each in rows) for state in STATES}
    core = [each for each in rows if each.group == "core"]
    return Features(
        rows=rows,
        shown=[each for each in rows if choice in ("all", each.group, each.state)],
        choice=choice,
        counts=counts,
        core=len(core),
        core_used=sum(each.uses > 0 for each in core),
    )


def _state(mine: Told | None, jobs: Told | None, cutoff: date, least: int) -> str:
    if mine is None:
        return "automated" if jobs else "never"
    if mine.uses:
        return "new" if (cutoff - mine.first_on).days < WINDOW else "used"
    return "abandoned" if mine.days_before >= least else "quiet"


def _abandoning() -> tuple[int, int]:
    """Return what the measure of abandoned features asks: the span before the window and the days of use in it."""
    measure = usage_measure("features_abandoned_28")
    said = measure.said if measure else {}
    return int(said.get("before_days", 56)), int(said.get("least_days", 2))
