"""From a batch of messages still unread to events and refusals."""

from waypost.collect.gathering import Gathering
from waypost.collect.refusals import TurnedAway
from waypost.collect.segment.body import Batch
from waypost.collect.segment.draft import Draft
from waypost.collect.segment.steps import judge

MOST_MESSAGES = 2_500


def gather(batch: Batch, gathering: Gathering, as_sent: bytes | None = None) -> None:
    """Judge each message of a batch for itself; what a bad one costs is that one.

    `as_sent` is the one message of the batch as it came, when that was in other words.
    """
    batch.arrived(gathering.source, gathering.received_at)
    for raw in batch.messages[:MOST_MESSAGES]:
        gather_one(raw, batch, gathering, as_sent)
    for raw in batch.messages[MOST_MESSAGES:]:
        gathering.refuse(TurnedAway.TOO_MANY, raw)


def gather_one(raw: bytes, batch: Batch, gathering: Gathering, as_sent: bytes | None = None) -> None:
    """Judge one message of a batch that has arrived."""
    draft = Draft(raw, batch)
    why = _judged(draft)
    if why is None:
        gathering.events.append(draft.event())
    else:
        gathering.refuse(why, raw if as_sent is None else as_sent, draft.detail)


def _judged(draft: Draft) -> TurnedAway | None:
    try:
        return judge(draft)
    except Exception as error:  # noqa: BLE001 -- whatever one message breaks must not stop all that come after it
        draft.detail = f"the event cannot be read ({error!r:.200}); please report this"
        return TurnedAway.WRONG_TYPE
