"""From a batch of messages still unread to events and refusals."""

from waypost.collect.gathering import Gathering
from waypost.collect.refusals import TurnedAway
from waypost.collect.segment.body import Batch
from waypost.collect.segment.draft import Draft
from waypost.collect.segment.steps import judge

MOST_MESSAGES = 2_500


def gather(batch: Batch, gathering: Gathering) -> None:
    """Judge each message of a batch for itself; what a bad one costs is that one."""
    batch.arrived(gathering.source, gathering.received_at)
    for raw in batch.messages[:MOST_MESSAGES]:
        draft = Draft(raw, batch)
        why = judge(draft)
        if why is None:
            gathering.events.append(draft.event())
        else:
            gathering.refuse(why, raw, draft.detail)
    for raw in batch.messages[MOST_MESSAGES:]:
        gathering.refuse(TurnedAway.TOO_MANY, raw)
