"""What a funnel is asked: its steps, their order, how long they may take, and whose use counts."""

from datetime import UTC, date, datetime

import msgspec

from waypost.measure.crowd import Crowd


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step: any use, the use of a feature, access granted, or a milestone passed.

    `passed` says which standings tell that the milestone was passed: pairs of milestone and standing (None: any).
    """

    kind: str
    feature: str | None = None
    journey: str | None = None
    passed: tuple[tuple[str, str | None], ...] = ()


class FunnelAsked(msgspec.Struct, frozen=True, kw_only=True):
    """What a funnel is asked. The first step must lie between `since` and `until` (both days included)."""

    steps: tuple[Step, ...]
    in_order: bool = True
    window_days: int = 30
    since: date
    until: date
    now: datetime
    today: date
    zone: str = "UTC"
    crowd: Crowd = Crowd()

    @property
    def now_utc(self) -> datetime:
        """The instant as the tables hold it: UTC, without a zone."""
        return self.now.astimezone(UTC).replace(tzinfo=None)
