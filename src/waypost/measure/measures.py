"""The kinds of measure an account can have; each knows its question, and when its answer is unknown."""

from typing import Any, ClassVar

import msgspec
import polars as pl

from waypost.core import Document, reading
from waypost.measure.catalogue import Catalogue
from waypost.store import Frames

FORGOTTEN_AFTER_HALF_LIVES = 10


class Measure(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind"):
    """A defined number of an account at a cutoff: the sum of its numerator items over the sum of its denominator's.

    `least` is the smallest denominator at which the number is known, `unknown` says why it is not below that.
    """

    question: ClassVar[str]
    least: ClassVar[float] = 1.0
    unknown: ClassVar[str]

    def params(self) -> dict[str, Any]:
        """Return what the question needs besides accounts and days."""
        return {}

    def frames(self, catalogue: Catalogue) -> Frames:
        """Return the tables that the question reads besides the store's."""
        return {"features": catalogue.feature_frame()}

    @property
    def scale(self) -> float:
        """The factor that makes denominator items comparable with numerator items."""
        return 1.0

    @property
    def half_life_days(self) -> float | None:
        """Days in which an item loses half of its value; None when items keep it."""
        return None

    def days_back(self) -> int:
        """Return how many days before a cutoff an item may have happened and still count; 0: items say it."""
        return 0


class Adoption(Measure, frozen=True, kw_only=True, tag="adoption"):
    """Share of the people on a journey who are on their path, 0 to 1."""

    question: ClassVar[str] = "measure/items_adoption"
    unknown: ClassVar[str] = "nobody at the account is on a journey yet"


class SeatUse(Measure, frozen=True, kw_only=True, tag="seat_use"):
    """People active in the last days as a share of the contract's seats."""

    question: ClassVar[str] = "measure/items_seat_use"
    unknown: ClassVar[str] = "no contract says how many seats there are"
    within_days: int = 28

    def params(self) -> dict[str, Any]:
        """Return the window."""
        return {"within_days": self.within_days}

    def days_back(self) -> int:
        """Return the window."""
        return self.within_days


class FeatureTrend(Measure, frozen=True, kw_only=True, tag="feature_trend"):
    """Use of a feature in the recent days against the account's own pace before; 1 is an even pace."""

    question: ClassVar[str] = "measure/items_feature_trend"
    unknown: ClassVar[str] = "there was too little use in the baseline to compare with"
    feature: str
    recent_days: int = 28
    baseline_days: int = 84
    least_events: int = 20

    def params(self) -> dict[str, Any]:
        """Return the feature and both windows."""
        return {"feature": self.feature, "recent_days": self.recent_days, "baseline_days": self.baseline_days}

    @property
    def scale(self) -> float:
        """Baseline events shrunk to the length of the recent window."""
        return self.recent_days / self.baseline_days

    def days_back(self) -> int:
        """Return both windows together."""
        return self.recent_days + self.baseline_days


class Breadth(Measure, frozen=True, kw_only=True, tag="breadth"):
    """Features of a group in use within the last days, as a share of the group."""

    question: ClassVar[str] = "measure/items_breadth"
    unknown: ClassVar[str] = "the account has never used anything"
    group: str = "core"
    within_days: int = 28

    def params(self) -> dict[str, Any]:
        """Return the group and the window."""
        return {"group_name": self.group, "within_days": self.within_days}

    def days_back(self) -> int:
        """Return the window."""
        return self.within_days


class SettingCoverage(Measure, frozen=True, kw_only=True, tag="setting_coverage"):
    """Settings at their wanted value, as a share of those that have one."""

    question: ClassVar[str] = "measure/items_setting_coverage"
    unknown: ClassVar[str] = "no setting of the account has been seen"

    def frames(self, catalogue: Catalogue) -> Frames:
        """Return the wanted values."""
        return {"wanted": catalogue.wanted()}


class OpenTickets(Measure, frozen=True, kw_only=True, tag="open_tickets"):
    """Number of open tickets of the given priorities older than the limit."""

    question: ClassVar[str] = "measure/items_open_tickets"
    unknown: ClassVar[str] = "no ticket source has sent anything yet"
    priorities: tuple[str, ...] = ("high", "urgent")
    older_than_days: int = 5

    def params(self) -> dict[str, Any]:
        """Return the age limit."""
        return {"older_than_days": self.older_than_days}

    def frames(self, catalogue: Catalogue) -> Frames:  # noqa: ARG002 -- one contract for all kinds
        """Return the priorities."""
        return {
            "priorities": pl.DataFrame({"priority": list(self.priorities)}, schema={"priority": pl.String})
        }


class LatestAnswer(Measure, frozen=True, kw_only=True, tag="latest_answer"):
    """Mean of each person's latest answer to a survey, answers older than the window left out."""

    question: ClassVar[str] = "measure/items_latest_answer"
    unknown: ClassVar[str] = "nobody has answered within the window"
    survey: str = "nps"
    within_days: int = 180

    def params(self) -> dict[str, Any]:
        """Return the survey and the window."""
        return {"survey": self.survey, "within_days": self.within_days}

    def days_back(self) -> int:
        """Return the window."""
        return self.within_days


class TeamChanges(Measure, frozen=True, kw_only=True, tag="team_changes"):
    """Champions and signers who came (+1) and left (-1), each fading by half in `half_life_days`."""

    question: ClassVar[str] = "measure/items_team_changes"
    unknown: ClassVar[str] = "no membership of the account is known"
    half_life: float = msgspec.field(default=30.0, name="half_life_days")

    @property
    def half_life_days(self) -> float | None:
        """Days in which a change loses half of its weight."""
        return self.half_life

    def days_back(self) -> int:
        """Return the days after which a change is forgotten: ten half-lives, a thousandth of its weight."""
        return round(self.half_life * FORGOTTEN_AFTER_HALF_LIVES)


AnyMeasure = (
    Adoption | SeatUse | FeatureTrend | Breadth | SettingCoverage | OpenTickets | LatestAnswer | TeamChanges
)


#: Every kind by the word that scorecards call it.
SCORE_MEASURES: dict[str, type[Measure]] = {
    str(each.__struct_config__.tag): each
    for each in (
        Adoption,
        SeatUse,
        FeatureTrend,
        Breadth,
        SettingCoverage,
        OpenTickets,
        LatestAnswer,
        TeamChanges,
    )
}


class _Holder(msgspec.Struct, frozen=True):
    measure: AnyMeasure


def measure_from(document: Document, *, where: str) -> AnyMeasure:
    """Read a measure of any kind; raises DefinitionError with the path of the fault."""
    return reading(_Holder, {"measure": document}, where=where).measure


def known_from(measure: AnyMeasure) -> float:
    """Return the smallest (unscaled) denominator at which the measure is known."""
    return float(measure.least_events) if isinstance(measure, FeatureTrend) else measure.least
