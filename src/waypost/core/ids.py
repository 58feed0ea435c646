"""Ids have types, so that the checker stops a person id from being passed as an account id."""

import hashlib
from typing import NewType

AccountId = NewType("AccountId", str)
PersonId = NewType("PersonId", str)
EventId = NewType("EventId", str)
SignalId = NewType("SignalId", str)
InterventionId = NewType("InterventionId", str)
MemberId = NewType("MemberId", str)


def derived_id(*causes: str) -> str:
    """Return the id of something that Waypost did or noticed, made from its causes alone.

    The same causes give the same id in every process and on every day, so doing a round twice does nothing
    the second time. 128 bits of SHA-256, as 32 hexadecimal characters.
    """
    joined = "\x1f".join(causes)
    return hashlib.sha256(joined.encode()).hexdigest()[:32]
