"""Segment's webhook destinations, and those of Customer.io's pipelines: messages forwarded as their source got them."""

from collections.abc import Sequence

from waypost.collect.gathering import Gathering
from waypost.collect.hooks.saying import Hook
from waypost.collect.hooks.signing import hexed, of_body
from waypost.collect.segment import Batch, gather

_SIGNATURE = b"x-signature"


def hear(messages: Sequence[bytes], gathering: Gathering) -> None:
    """Judge each message as Segment's family does; its time was put right before it was forwarded."""
    batch = Batch([*messages], b"", b"", b"{}")
    batch.plain = False
    gather(batch, gathering)


SEGMENT = Hook(rule=of_body(_SIGNATURE, "sha1", hexed), hear=hear, signed=False)
