"""Requests that are kept as they came, with the way that they came, and heard when a round takes them.

That is for families whose answer to a request is the same whatever becomes of each message in it.
"""

import msgspec

from waypost.store import Way

#: How a request is kept that nobody has heard yet.
UNHEARD = "request"


class Unheard(msgspec.Struct, frozen=True, array_like=True, gc=False):
    """A request without its key: the way that it came, and its body."""

    way: Way
    body: bytes


kept = msgspec.msgpack.Encoder().encode
unheard = msgspec.msgpack.Decoder(Unheard).decode
