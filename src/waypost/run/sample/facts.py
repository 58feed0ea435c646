"""Facts are what no clickstream knows; they are written in Waypost's own event schema, one a line."""

from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from waypost.core import Kind


class Fact(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line of `facts.ndjson`."""

    event_id: str
    kind: Kind
    name: str
    happened_at: datetime
    person_id: str | None = None
    account_id: str | None = None
    properties: dict[str, Any] = msgspec.field(default_factory=dict)


def write_facts(folder: Path, facts: Iterable[Fact], now: datetime) -> dict[str, int]:
    """Write the facts that have happened by `now`, oldest first; return how many there are of each kind."""
    told = sorted(
        (fact for fact in facts if fact.happened_at <= now),
        key=lambda fact: (fact.happened_at, fact.event_id),
    )
    encoder = msgspec.json.Encoder()
    (folder / "facts.ndjson").write_bytes(b"".join(encoder.encode(fact) + b"\n" for fact in told))
    counts: dict[str, int] = {}
    for fact in told:
        counts[fact.kind.value] = counts.get(fact.kind.value, 0) + 1
    return dict(sorted(counts.items()))
