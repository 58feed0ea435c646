"""News: what was decided and sent, told to the event table like everything else that happens."""

from collections.abc import Sequence
from datetime import datetime

import msgspec

from waypost.core import Actor, Event, Kind
from waypost.store import Happening, Happenings, Intervention, Interventions, Operations

SOURCE = "waypost"


def untold(operations: Operations, now: datetime) -> list[Event]:
    """Return events for what was done and is not in the inbox yet, oldest first; at most 1,000.

    Their ids are derived, so an event that is put twice is stored once.
    """
    news = Happenings(operations).untold(now)
    about = Interventions(operations).several([one.intervention_id for one in news])
    return [_event(one, about[one.intervention_id], now) for one in news]


def told(operations: Operations, events: Sequence[Event]) -> None:
    """Remember that these events are in the inbox."""
    Happenings(operations).told([event.event_id for event in events])


def _event(news: Happening, about: Intervention, now: datetime) -> Event:
    said: dict[str, object] = {
        "intervention_id": about.intervention_id,
        "play": about.play,
        "arm": about.arm,
        "channel": about.channel,
    }
    if news.kind == Kind.INTERVENTION:
        said |= {"held_out": about.held_out, "holdout_share": about.holdout_share}
        said |= {"signal_id": about.signal_id, "signal": about.signal}
        said |= {"journey": about.journey, "milestone": about.milestone}
    return Event(
        event_id=news.event_id,
        source=SOURCE,
        kind=Kind(news.kind),
        name=news.name,
        happened_at=min(news.happened_at, now),
        received_at=now,
        person_id=about.person_id,
        account_id=about.account_id,
        actor=Actor.SYSTEM,
        properties=msgspec.Raw(msgspec.json.encode(said)),
    )
