"""Chunks of the inbox: some parcels written one behind the other."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple

import msgspec

from waypost.store.intake import Intake, Parcel

# A tenth of what a round takes at once. Each row costs the thread that commits a wait for the interpreter.
MOST_EVENTS_IN_CHUNK = 5_000
MOST_BYTES_IN_CHUNK = 4 * 1024 * 1024
_SIZE_BYTES = 4


class Head(msgspec.Struct, frozen=True, kw_only=True, array_like=True, gc=False):
    """What a parcel is, before its body: `size` bytes of `n` events of a source, written in a form."""

    form: str
    source: str
    received_at: datetime
    n: int
    size: int
    family: str = ""
    import_id: int = 0


_pack = msgspec.msgpack.Encoder().encode
_heads = msgspec.msgpack.Decoder(list[Head]).decode


class Chunk(NamedTuple):
    """Some parcels as they are written one behind the other: the size of the heads, the heads, the bodies."""

    n: int
    length: int
    pieces: list[bytes]


def chunks_of(intakes: Iterable[Intake]) -> Iterator[Chunk]:
    """Yield chunks of several parcels each: a row costs more than what it names."""
    parcels: list[Intake] = []
    events = size = 0
    for one in intakes:
        if parcels and (
            events + one.n > MOST_EVENTS_IN_CHUNK or size + len(one.events) > MOST_BYTES_IN_CHUNK
        ):
            yield _chunk(events, parcels)
            parcels, events, size = [], 0, 0
        if one.n:
            parcels.append(one)
            events += one.n
            size += len(one.events)
    if parcels:
        yield _chunk(events, parcels)


def _chunk(n: int, parcels: list[Intake]) -> Chunk:
    heads = _pack([
        Head(
            form=one.form,
            source=one.source,
            received_at=one.received_at,
            n=one.n,
            size=len(one.events),
            family=one.family,
            import_id=one.import_id,
        )
        for one in parcels
    ])  # fmt: skip
    pieces = [len(heads).to_bytes(_SIZE_BYTES), heads, *(one.events for one in parcels)]
    return Chunk(n, sum(map(len, pieces)), pieces)


def parcels_in(chunk: bytes) -> Iterator[Parcel]:
    """Yield the parcels of a chunk as it was written."""
    at = _SIZE_BYTES + int.from_bytes(chunk[:_SIZE_BYTES])
    for head in _heads(chunk[_SIZE_BYTES:at]):
        body = chunk[at : at + head.size]
        at += head.size
        yield Parcel(
            form=head.form,
            source=head.source,
            received_at=head.received_at,
            n=head.n,
            body=body,
            family=head.family,
            import_id=head.import_id,
        )
