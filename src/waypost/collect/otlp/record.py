"""A log record in plain values, whichever way it was written."""

from typing import Any

import msgspec


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """One record with what its resource and its scope say; times are nanoseconds since 1970, 0 for none."""

    event_name: str = ""
    time_ns: int = 0
    observed_ns: int = 0
    severity: str = ""
    body: Any = None
    attributes: dict[str, Any] = {}
    resource: dict[str, Any] = {}
    scope: str = ""
    trace_id: str = ""
    span_id: str = ""
