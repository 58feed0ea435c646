"""What a source may send, what of it is kept, and what lines of its log mean."""

from collections.abc import Iterable
from enum import StrEnum
from typing import Self
from urllib.parse import urlsplit

import msgspec

from waypost.collect.log_rules import LogRules
from waypost.core import Document, fail, reading


class Addresses(StrEnum):
    """What becomes of internet addresses."""

    KEEP = "keep"
    TRUNCATE = "truncate"
    DROP = "drop"


class Limits(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How much a source may send; None is as much as anybody.

    `events_per_s` is a mean over some ten seconds. `properties` counts the names at the top of an event's properties,
    `names` the distinct names of events that a collector has seen since it started.
    """

    events_per_s: float | None = None
    body_kb: int | None = None
    properties: int | None = None
    names: int | None = None


class Personal(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What is done to personal data before it is kept.

    `drop` and `hash` name fields of properties, traits and context, at any depth; `hash` may also name `person_id` and
    `anonymous_id`. With `keep_only`, no property of another name is kept; without `keep_context`, no context but the
    account.
    """

    drop: tuple[str, ...] = ()
    hash: tuple[str, ...] = ()
    keep_only: tuple[str, ...] | None = None
    keep_context: bool = True
    ip: Addresses = Addresses.KEEP


class SourceRules(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The rules of one source.

    `origins` are the pages whose browsers may send (`https://app.example`); none: every. `log` says what lines of a
    server's log mean.
    """

    key: str
    source: str
    kind: str = "source"
    origins: tuple[str, ...] = ()
    limits: Limits = Limits()
    personal: Personal = Personal()
    log: LogRules = LogRules()

    @classmethod
    def from_document(cls, document: Document, *, where: str) -> Self:
        """Read rules; raises DefinitionError when one can mean nothing."""
        read = reading(cls, document, where=where)
        for name in Limits.__struct_fields__:
            limit = getattr(read.limits, name)
            if limit is not None and limit <= 0:
                fail(where, f"limits.{name}: expected more than 0; leave it out for no limit")
        for nr, origin in enumerate(read.origins):
            parts = urlsplit(origin)
            if f"{parts.scheme}://{parts.netloc}" != origin or parts.scheme not in ("http", "https"):
                fail(where, f"origins[{nr}]: expected a scheme and a host, such as https://app.example")
        both = {*read.personal.drop} & {*read.personal.hash}
        if both:
            fail(where, f"personal.hash: {min(both)} is dropped already; name it in one of them")
        read.log.check(where)
        return read

    @property
    def changes(self) -> bool:
        """Whether any event must be looked into before it is kept."""
        unlimited = self.limits.properties is None and self.limits.names is None
        return not unlimited or self.personal != Personal()


def rules_in(documents: Iterable[Document]) -> dict[str, SourceRules]:
    """Return the rules that documents hold by the name of their source. Raises DefinitionError as above."""
    read = [SourceRules.from_document(each, where=f"source {each.get('key')}") for each in documents]
    return {each.source: each for each in read}
