"""What a usage measure is: one definition from which its page, its reference, its CSV and its numbers are made."""

from enum import StrEnum
from typing import Any

import msgspec


class MeasureLevel(StrEnum):
    """Of whom a measure is asked."""

    PERSON = "person"
    ACCOUNT = "account"
    SEGMENT = "segment"


class Dimension(StrEnum):
    """The four dimensions of use, and the seats that use fills."""

    FREQUENCY = "frequency"
    FEATURES = "features"
    VOLUME = "volume"
    CONFIGURATION = "configuration"
    SEATS = "seats"


class Unit(StrEnum):
    """What one of a measure is; a share runs 0 to 1."""

    CHANGES = "changes"
    DAYS = "days"
    DAYS_EACH = "days each"
    FEATURES = "features"
    MINUTES = "minutes"
    PEOPLE = "people"
    QUANTITY = "quantity"
    RECORDS = "records"
    SESSIONS = "sessions"
    SETTINGS = "settings"
    SHARE = "share"
    USES = "uses"
    USES_EACH = "uses each"
    WEEKS = "weeks"


#: Human and automated use are counted apart and never added.
APART = ("human", "automated")
#: Of what a setting or a seat is, no actor is asked.
WHOEVER = ("all",)
EVERY_LEVEL = (MeasureLevel.PERSON, MeasureLevel.ACCOUNT, MeasureLevel.SEGMENT)
MANY_PEOPLE = (MeasureLevel.ACCOUNT, MeasureLevel.SEGMENT)


class UsageMeasure(msgspec.Struct, frozen=True, kw_only=True):
    """A defined number of a person, an account or a segment at a cutoff: the sum of its items.

    With `over`, the number is a ratio: numerator items times `scale`, over the denominator's sum; each item then
    carries its part of the ratio, so that items still add up to the value. `within_days` is the window that ends with
    the cutoff's day (None: everything until then). `unknown` says why there is no number when there is nothing to count
    from; a measure without it is 0 then. `of_feature` measures are asked for one feature at a time. `counted_by` names
    the ratio whose denominator this number is: whoever asks for both has them in one look.
    """

    key: str
    name: str
    dimension: Dimension
    unit: Unit
    question: str
    meaning: str
    item: str
    levels: tuple[MeasureLevel, ...] = EVERY_LEVEL
    actors: tuple[str, ...] = APART
    within_days: int | None = None
    over: str | None = None
    scale: float = 1.0
    unknown: str | None = None
    of_feature: bool = False
    group: str | None = None
    counted_by: str | None = None
    said: dict[str, Any] = {}

    @property
    def window(self) -> str:
        """The window in words."""
        if self.within_days is None:
            return "everything until the cutoff"
        return "the cutoff's day" if self.within_days == 1 else f"{self.within_days} days up to the cutoff"

    @property
    def formula(self) -> str:
        """How items become the value, in words."""
        if self.over is None:
            return f"the sum over {self.item}"
        times = "" if self.scale == 1.0 else f" × {self.scale:.4g}"
        return f"the sum over {self.item}{times} ÷ {self.over}"

    def looks_back(self) -> int | None:
        """Return how many days before a cutoff (its own day included) the question reads; None: all of them."""
        before = self.said.get("before_days", 0)
        return None if self.within_days is None or self.unbounded else self.within_days + int(before)

    @property
    def unbounded(self) -> bool:
        """Whether the question reads everything before the window too (first uses, people who never came)."""
        return self.question in ("measure/usage_first_use", "measure/usage_provisioned")

    def params(self) -> dict[str, Any]:
        """Return what the question is asked with, besides frames and bounds."""
        return {"within_days": self.within_days, "group_name": self.group, **self.said}
