"""A play: from a signal and an audience to one of its arms, with a share held out and a goal to reach."""

from enum import StrEnum
from typing import Annotated, Self

import msgspec

from waypost.core import Document, fail, reading
from waypost.intervene.arms import Arm, Audience, Key

Days = Annotated[int, msgspec.Meta(ge=1, le=365)]


class Signal(StrEnum):
    """What a play can wait for."""

    STRAYED = "strayed"
    RETURNED = "returned"
    AT_RISK = "at_risk"
    LAPSED = "lapsed"
    SUSTAINED = "sustained"
    MILESTONE_REACHED = "milestone_reached"
    BAND_CHANGED = "band_changed"
    SCORE_FELL = "score_fell"

    @property
    def of_person(self) -> bool:
        """Whether the signal is about a person; else it is about a whole account."""
        return self not in (Signal.BAND_CHANGED, Signal.SCORE_FELL)


class Trigger(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Which signals start the play; without a journey or milestone, those of all."""

    signal: Signal
    journey: str | None = None
    milestone: str | None = None


class Goal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What counts as success: a signal raised or a feature used within so many days of the decision."""

    within_days: Days
    signal: Signal | None = None
    feature: str | None = None


class Play(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One rule from signal and audience to arms.

    `holdout_share` is the part of accounts, 0 to 0.9, that is left alone. A person or account chosen once is
    not chosen again for `cooldown_days`. A signal older than `signal_age_days` is not acted on.
    """

    key: Key
    name: str
    when: Trigger
    goal: Goal
    arms: Annotated[tuple[Arm, ...], msgspec.Meta(min_length=1)]
    kind: str = "play"
    audience: Audience = Audience()
    holdout_share: Annotated[float, msgspec.Meta(ge=0, le=0.9)] = 0.2
    cooldown_days: Annotated[int, msgspec.Meta(ge=0, le=730)] = 21
    signal_age_days: Days | None = None

    @classmethod
    def from_document(cls, document: Document, *, where: str) -> Self:
        """Read a play; raises DefinitionError with the path of the fault."""
        play = reading(cls, document, where=where)
        if (play.goal.signal is None) == (play.goal.feature is None):
            fail(where, "goal: give either a signal or a feature")
        seen: set[str] = set()
        for nr, arm in enumerate(play.arms):
            place = f"{where}: arms[{nr}]"
            if arm.key in seen:
                fail(f"{place}.key", f"there are two arms named {arm.key!r}")
            seen.add(arm.key)
            if arm.personal and not play.when.signal.of_person:
                fail(
                    place,
                    f"{play.when.signal} is about an account and has no person; use a touch or a webhook",
                )
            arm.check(place, of_person=play.when.signal.of_person)
        return play

    def age_days(self, arm: Arm) -> int:
        """Return the age, in days, up to which a signal is still acted on through an arm."""
        return self.signal_age_days or arm.fresh_days
